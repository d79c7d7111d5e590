import { queryDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { ServiceContext } from "../context.ts";
import { askCopy } from "./probe.ts";

/** One statement on the restored copy, read only. Throws `query-refused`, `query-failed` { detail, position }, `check-needs-sandbox`, and what `askCopy` throws. */
export async function queryDrill(
  context: ServiceContext,
  { params, body }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  return contract.response.parse(await askCopy(context, params.id, { type: "query", sql: body.sql }));
}
