import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { changeIncident } from "./change.ts";

/** Adds a note to the timeline of an open incident. Throws `not-found`, `incident-state`. */
export async function addIncidentNote(
  context: ServiceContext,
  input: EndpointInput<typeof contract.addIncidentNote>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const { text } = input.body;
  return changeIncident(context, { id: input.params.id, expected: null, action: "incident.note", state: "open" }, () => ({
    set: {},
    entries: [{ code: "note", params: {}, text }],
  }));
}
