import { and, eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import type { ServiceContext } from "../context.ts";
import { incidents } from "#lib/db/schema/incidents";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import { requireVersion } from "../require-version.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { changeIncident } from "./change.ts";
import { lockIncident } from "./load.ts";

/**
 * Opens a closed incident again; its checklist stays as it was answered. Throws `not-found`, `version-required`, `version-conflict`,
 * `incident-state`, and `incident-open` { incidentId, number } where a newer one of its kind and source is open.
 */
export async function reopenIncident(
  context: ServiceContext,
  input: EndpointInput<typeof contract.reopenIncident>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const expected = requireVersion(input.ifMatch);
  const { id } = input.params;
  try {
    return await changeIncident(context, { id, expected, action: "incident.reopen", state: "closed" }, () => ({
      set: { state: "open", closedAt: null, closedByName: null },
      entries: [{ code: "reopened", params: {}, text: input.body.note }],
    }));
  } catch (error) {
    if (!isUniqueViolation(error, "incidents_one_open_key")) throw error;
    throw await whoIsOpen(context, id, error);
  }
}

async function whoIsOpen(context: ServiceContext, id: string, cause: unknown): Promise<LifeboatError> {
  return context.db.transaction(async (tx) => {
    const { kind, sourceId } = await lockIncident(tx, id);
    const [open] = await tx
      .select({ id: incidents.id, number: incidents.number })
      .from(incidents)
      .where(and(eq(incidents.kind, kind), eq(incidents.sourceId, sourceId ?? ""), eq(incidents.state, "open")));
    return new LifeboatError("incident-open", { incidentId: open?.id ?? "", number: open?.number ?? 0 }, { cause });
  });
}
