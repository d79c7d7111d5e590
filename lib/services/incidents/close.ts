import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import { LifeboatError } from "#lib/domain/error";
import { countOpenItems } from "#lib/domain/incident-checklist";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { requireVersion } from "../require-version.ts";
import { changeIncident } from "./change.ts";

/**
 * Closes an incident whose every item is confirmed or waived. Throws `incident-items-open` { count } else,
 * `incident-no-cause` where a root cause is confirmed and none stands there, `not-found`, `version-required`, `version-conflict`, `incident-state`.
 */
export async function closeIncident(
  context: ServiceContext,
  input: EndpointInput<typeof contract.closeIncident>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const expected = requireVersion(input.ifMatch);
  const request = { id: input.params.id, expected, action: "incident.close", state: "open" } as const;
  return changeIncident(context, request, (row, _tx, at) => {
    const count = countOpenItems(row.checklist);
    if (count > 0) throw new LifeboatError("incident-items-open", { count });
    const cause = row.checklist.find(({ item }) => item === "root-cause");
    if (cause?.state === "confirmed" && row.rootCause.trim() === "") throw new LifeboatError("incident-no-cause");
    return {
      set: { state: "closed", closedAt: new Date(at), closedByName: context.actor.name },
      entries: [{ code: "closed", params: {}, text: input.body.note }],
    };
  });
}
