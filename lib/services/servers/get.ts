import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadServer } from "./load.ts";

/** One server. Throws `not-found`. */
export async function getServer(context: ServiceContext, input: EndpointInput<typeof contract.getServer>): Promise<contract.ServerDto> {
  authorise(context, "servers:read");
  return loadServer(context.db, input.params.id);
}
