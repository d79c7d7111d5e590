import type { EndpointInput } from "#lib/contracts/endpoint";
import type { getImport as contract, ImportDto } from "#lib/contracts/imports";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadImport } from "./load.ts";

/** One import; `receivedBytes` says where an interrupted upload goes on. Throws `not-found`. */
export async function getImport(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<ImportDto> {
  authorise(context, "backups:read");
  return loadImport(context.db, input.params.id);
}
