import { browseDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { ServiceContext } from "../context.ts";
import { askCopy } from "./probe.ts";

/** Tables of the restored copy, or a page of one of them. Throws `not-found` for a table that it has not, and what `askCopy` throws. */
export async function browseDrill(
  context: ServiceContext,
  { params, body }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  const question = { type: "browse" as const, table: body.table ?? null, offset: body.offset };
  return contract.response.parse(await askCopy(context, params.id, question));
}
