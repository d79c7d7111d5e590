import { eq } from "drizzle-orm";
import type { IncidentDetailDto } from "#lib/contracts/incidents";
import type { Transaction } from "#lib/db/client";
import { incidents } from "#lib/db/schema/incidents";
import type { IncidentState } from "#lib/domain/incident-state";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale } from "../require-version.ts";
import { auditedIncident, type IncidentRow, type TimelineEntry } from "./dto.ts";
import { loadIncidentDetail, lockIncident } from "./load.ts";

export type IncidentChange = {
  readonly set: Partial<IncidentRow>;
  /** What the timeline tells of it; an empty one leaves everything as it is. */
  readonly entries: readonly Omit<TimelineEntry, "at" | "actorName">[];
};

type ChangeRequest = {
  readonly id: string;
  /** The version that was looked at; null where what is added cannot overwrite anything. */
  readonly expected: number | null;
  readonly action: string;
  /** The state in which this is possible. */
  readonly state: IncidentState;
};

/**
 * Changes one incident under its lock: state and version compared, row, timeline and audit row in one transaction.
 * Throws `not-found`, `version-conflict`, `incident-state` { state }.
 */
export function changeIncident(
  context: ServiceContext,
  { id, expected, action, state }: ChangeRequest,
  decide: (row: IncidentRow, tx: Transaction, at: string) => IncidentChange | Promise<IncidentChange>,
): Promise<IncidentDetailDto> {
  return context.db.transaction(async (tx) => {
    const row = await lockIncident(tx, id);
    if (expected !== null) refuseStale("incident", row.version, expected);
    if (row.state !== state) throw new LifeboatError("incident-state", { state: row.state });
    const at = context.now().toISOString();
    const { set, entries } = await decide(row, tx, at);
    if (entries.length > 0) {
      const told = entries.map((entry) => Object.assign({ at, actorName: context.actor.name }, entry));
      const [after] = await tx
        .update(incidents)
        .set({ ...set, timeline: [...row.timeline, ...told], ...(expected === null ? {} : { version: row.version + 1 }) })
        .where(eq(incidents.id, id))
        .returning();
      if (after === undefined) throw new Error("the update returned no row");
      await recordAudit(tx, context, {
        action,
        targetType: "incident",
        targetId: id,
        targetName: after.title,
        before: auditedIncident(row),
        after: { ...auditedIncident(after), ...noteOf(entries) },
      });
    }
    return loadIncidentDetail(tx, id);
  });
}

/** What people wrote along with it. */
function noteOf(entries: IncidentChange["entries"]): { note?: string } {
  const note = entries.map(({ text }) => text).find((text) => text !== "");
  return note === undefined ? {} : { note };
}
