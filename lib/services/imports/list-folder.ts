import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { listImportFolder as contract } from "#lib/contracts/imports";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { askFolder } from "./folder-probe.ts";

/**
 * What lies in an allowed folder, with what each file is by its content; the roots themselves when no path is asked for. Throws
 * `file-outside`, `file-missing`, `permission-denied`, `no-worker`, `probe-timeout`.
 */
export async function listImportFolder(
  context: ServiceContext,
  input: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "backups:import");
  const { file: _file, ...answer } = await askFolder(context, { path: input.query.path ?? null, isFile: false });
  return answer;
}
