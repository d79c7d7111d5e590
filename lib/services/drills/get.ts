import type { DrillDetailDto, getDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadDrillDetail } from "./detail.ts";

/** One drill with everything that its wizard shows. Throws `not-found`. */
export async function getDrill(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  authorise(context, "drills:read");
  return loadDrillDetail(context.db, input.params.id, context.now());
}
