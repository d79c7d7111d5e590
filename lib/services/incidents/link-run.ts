import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { changeIncident } from "./change.ts";
import { findRun } from "./open.ts";

/** Links a run to an open incident; one that is linked already stays so. Throws `not-found`, `incident-state`. */
export async function linkIncidentRun(
  context: ServiceContext,
  input: EndpointInput<typeof contract.linkIncidentRun>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const { runId } = input.body;
  const request = { id: input.params.id, expected: null, action: "incident.link-run", state: "open" } as const;
  return changeIncident(context, request, async (row, tx) => {
    await findRun(tx, runId);
    if (row.runIds.includes(runId)) return { set: {}, entries: [] };
    return { set: { runIds: [...row.runIds, runId] }, entries: [{ code: "run-linked", params: { runId }, text: "" }] };
  });
}
