import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadIncidentDetail } from "./load.ts";

/** One incident: timeline, runs, checklist. Throws `not-found`. */
export async function getIncident(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getIncident>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:read");
  return loadIncidentDetail(context.db, input.params.id);
}
