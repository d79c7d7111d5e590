import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { decideEnd, decideQueued, desertedMs } from "#lib/domain/slot-start";
import type { ServiceContext } from "../context.ts";
import { requestCancel } from "../runs/cancel.ts";
import { isAnyServed, isUnserved, loadServedGroups } from "../runs/served.ts";
import type { RunRow } from "../runs/start.ts";
import { briefTransaction } from "./brief-transaction.ts";
import { ruleOf } from "./start-waiting.ts";
import { hasSuccessorAt } from "./successor.ts";

const batch = 200;

type SlotRow = typeof slots.$inferSelect;
type ScheduleRow = typeof schedules.$inferSelect;

/**
 * Looks at the runs of started slots and settles the slots by them: whoever was killed in between, the rows tell what happened. Also calls off runs that no
 * worker took inside the window, and those of groups that nobody has served for a while: `recheckMs` later their slots are looked at again. Gives how many
 * slots it changed.
 */
export async function settleStarted(context: ServiceContext, now: Date, recheckMs: number): Promise<number> {
  const deserted = new Date(now.getTime() - desertedMs).toISOString();
  return briefTransaction(context.db, async (tx) => {
    const ids = await tx.execute<{ id: string }>(sql`
      select slot.id from ${slots} as slot left join ${runs} as run on run.id = slot.run_id
      where slot.state = 'started' and (
        run.id is null or run.state in ('succeeded', 'failed', 'cancelled')
        or (run.state = 'queued' and slot.expires_at <= ${now.toISOString()}::timestamptz)
        or (run.state = 'queued' and slot.start_at <= ${deserted}::timestamptz and ${isUnserved(sql`run.worker_group`)} and ${isAnyServed})
      )
      order by slot.start_at, slot.id limit ${batch}
      for no key update of slot skip locked
    `);
    let changed = 0;
    for (const { id } of ids) if (await settleOne(tx, context, id, { now, recheckMs })) changed += 1;
    return changed;
  });
}

type Look = { readonly now: Date; readonly recheckMs: number };

async function settleOne(tx: Transaction, context: ServiceContext, slotId: string, look: Look): Promise<boolean> {
  const { now } = look;
  const [found] = await tx
    .select({ slot: slots, schedule: schedules, run: runs, hasSuccessor: hasSuccessorAt(now) })
    .from(slots)
    .leftJoin(schedules, eq(schedules.id, slots.scheduleId))
    .leftJoin(runs, eq(runs.id, slots.runId))
    .where(eq(slots.id, slotId));
  if (found === undefined) return false;
  const { slot, schedule, run, hasSuccessor } = found;
  if (run?.state === "running") return false;
  if (run?.state === "queued") return settleQueued(tx, context, { slot, schedule, run, hasSuccessor }, look);
  await settleEnded(tx, { slot, schedule, run }, now);
  return true;
}

async function settleEnded(
  tx: Transaction,
  { slot, schedule, run }: { slot: SlotRow; schedule: ScheduleRow | null; run: RunRow | null },
  now: Date,
): Promise<void> {
  // A run whose row is gone counts as one that somebody called off.
  const state = run === null || run.state === "queued" || run.state === "running" ? "cancelled" : run.state;
  const end = decideEnd({
    run: { state, finishedAt: (run?.finishedAt ?? now).getTime() },
    slot: { attempt: slot.attempt, expiresAt: slot.expiresAt.getTime() },
    rule: schedule?.enabled === true ? schedule : null,
  });
  await tx
    .update(slots)
    .set(
      end.state === "waiting"
        ? { state: "waiting", startAt: new Date(end.startAt), attempt: slot.attempt + 1 }
        : { state: end.state, settledAt: now },
    )
    .where(eq(slots.id, slot.id));
}

async function settleQueued(
  tx: Transaction,
  context: ServiceContext,
  { slot, schedule, run, hasSuccessor }: { slot: SlotRow; schedule: ScheduleRow | null; run: RunRow; hasSuccessor: boolean },
  { now, recheckMs }: Look,
): Promise<boolean> {
  const hasWorker = (await loadServedGroups(tx, [run.workerGroup])).has(run.workerGroup);
  // Its worker came this very moment.
  if (hasWorker && slot.expiresAt > now) return false;
  const decision = decideQueued({
    now: now.getTime(),
    slot: { expiresAt: slot.expiresAt.getTime(), late: slot.late, reason: slot.reason },
    rule: schedule?.enabled === true ? ruleOf(schedule) : null,
    hasWorker,
    hasSuccessor,
  });
  const settled =
    decision.act === "settle"
      ? { state: decision.state, reason: decision.reason, settledAt: now }
      : { late: decision.late, reason: decision.reason, expiresAt: new Date(decision.expiresAt) };
  if (decision.act !== "wait") {
    // A worker that takes it at this moment is quicker: then it is left alone.
    const [held] = await tx
      .select()
      .from(runs)
      .where(and(eq(runs.id, run.id), eq(runs.state, "queued")))
      .for("update", { skipLocked: true });
    if (held === undefined) return false;
    await requestCancel(tx, context, held, hasWorker ? undefined : { code: "no-worker", params: { group: run.workerGroup } });
  }
  const putBack = decision.act === "put-back" ? { state: "waiting" as const, startAt: new Date(now.getTime() + recheckMs) } : {};
  await tx
    .update(slots)
    .set({ ...settled, ...putBack })
    .where(eq(slots.id, slot.id));
  return true;
}
