import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { sources } from "#lib/db/schema/sources";
import type { ServiceContext } from "../context.ts";
import { loadDrillFacts } from "../drills/plan-facts.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const codes = ["drill-due", "drill-overdue"] as const;

/** Opens and ends alerts of drills that are due or overdue, for every source but the sample. One that is under way leaves things as they are. */
export async function watchDrills(tx: Transaction, context: ServiceContext): Promise<void> {
  const watched = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(isNull(sources.removedAt), eq(sources.isSample, false)));
  const ids = watched.map(({ id }) => id);
  const facts = await loadDrillFacts(tx, ids, context.now());
  const open = await tx
    .select({ key: alerts.key })
    .from(alerts)
    .where(and(inArray(alerts.code, [...codes]), isNull(alerts.resolvedAt)));
  const isOpen = new Set(open.map(({ key }) => key));
  for (const subject of ids) {
    const fact = facts.get(subject);
    const due = fact?.due ?? "none";
    if (due === "running") continue;
    const wanted = due === "due" ? "drill-due" : due === "overdue" ? "drill-overdue" : null;
    for (const code of codes) {
      // An overdue one takes the place of the one that was due: nothing was done.
      if (code !== wanted && isOpen.has(`${code}:${subject}`))
        await resolveAlert(tx, context, { code, subject, silently: wanted !== null });
    }
    if (wanted === null || fact === undefined || isOpen.has(`${wanted}:${subject}`)) continue;
    const params = { dueAt: fact.nextDueAt.toISOString() };
    await openAlert(tx, context, { code: wanted, subject, sourceId: subject, params, isState: true });
  }
}
