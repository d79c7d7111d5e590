import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import { LifeboatError } from "#lib/domain/error";
import { withItem } from "#lib/domain/incident-checklist";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { requireVersion } from "../require-version.ts";
import { changeIncident } from "./change.ts";

/**
 * Confirms an item of the closing checklist, waives it with a reason (the contract asks for one), or opens it again.
 * Throws `not-found`, `version-required`, `version-conflict`, `incident-state`, and `incident-no-cause` where a root cause is
 * confirmed that nobody wrote down.
 */
export async function setIncidentItem(
  context: ServiceContext,
  input: EndpointInput<typeof contract.setIncidentItem>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const expected = requireVersion(input.ifMatch);
  const { item, state, note } = input.body;
  const request = { id: input.params.id, expected, action: "incident.item", state: "open" } as const;
  return changeIncident(context, request, (row, _tx, at) => {
    const before = row.checklist.find((entry) => entry.item === item);
    if (before?.state === state && before.note === note) return { set: {}, entries: [] };
    if (item === "root-cause" && state === "confirmed" && row.rootCause.trim() === "") throw new LifeboatError("incident-no-cause");
    const decided = state === "open" ? { byName: null, at: null } : { byName: context.actor.name, at };
    return {
      set: { checklist: withItem(row.checklist, { item, state, note: state === "open" ? "" : note, ...decided }) },
      entries: [{ code: "item", params: { item, state }, text: note }],
    };
  });
}
