import { connectDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { openAccess } from "./access.ts";
import { connectionUrls } from "./connection-urls.ts";
import { askCopy } from "./probe.ts";
import { getDrillOrThrow } from "./rows.ts";

/**
 * What an application connects to: the worker opens the way, the secrets never leave the catalogue's row but for this answer. Throws `check-needs-sandbox` for
 * a copy on a server, `copy-gone`, `drill-checks-first` before the copy was compared, and what `askCopy` throws.
 */
export async function connectDrill(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  const answer = await askCopy(context, params.id, { type: "connection" });
  const access = openAccess(context.keyring, await getDrillOrThrow(context.db, params.id));
  if (access?.type !== "sandbox") throw new LifeboatError("check-needs-sandbox");
  const { host, port } = answer;
  if (typeof host !== "string" || typeof port !== "number") throw new LifeboatError("copy-gone", { detail: "no way leads to it" });
  return { hostName: access.hostName, ...connectionUrls(access, { host, port }) };
}
