import { and, eq, lte, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { servers } from "#lib/db/schema/servers";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { decideStart, type LiveRule, type StartDecision } from "#lib/domain/slot-start";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { loadServedGroups } from "../runs/served.ts";
import { defaultGroup, type RunRow } from "../runs/start.ts";
import { briefTransaction } from "./brief-transaction.ts";
import { hasSuccessorAt } from "./successor.ts";
import { isCaughtUpByAnother, isTaskBlocked, startTask } from "./start-task.ts";

const batch = 200;
/** So many slots share a transaction: one commit for all of them, and people wait for their sources for no longer than that. */
const perTransaction = 20;

/** Of several that are due at the same moment: what covers the others, and what the others look at. */
const strongestFirst = sql`array_position(array['full', 'differential', 'incremental', 'verify', 'clean-up'], ${slots.task})`;

type SlotRow = typeof slots.$inferSelect;
type ScheduleRow = typeof schedules.$inferSelect;
type Taken = {
  readonly slot: SlotRow;
  readonly schedule: ScheduleRow | null;
  readonly source: typeof sources.$inferSelect;
  readonly workerGroup: string;
  readonly hasSuccessor: boolean;
  readonly hasWorker: boolean;
};

/** A schedule as the decisions about its slots see it. */
export function ruleOf(schedule: ScheduleRow): LiveRule {
  return {
    enabled: schedule.enabled,
    pausedUntil: schedule.pausedUntil?.getTime() ?? null,
    onMissed: schedule.onMissed,
    onOverlap: schedule.onOverlap,
    nextAt: schedule.nextDueAt?.getTime() ?? null,
  };
}

export type StartOptions = { readonly logger: Logger; readonly recheckMs: number };

/**
 * Starts the slots whose time has come: the run and the slot's state, or neither. One that cannot be started stops no other. `recheckMs`: when a slot that
 * waits for an earlier run is looked at again. Gives the runs that were started.
 */
export async function startWaiting(
  context: ServiceContext,
  now: Date,
  options: StartOptions,
): Promise<{ looked: number; started: RunRow[] }> {
  const due = await context.db
    .select({ id: slots.id })
    .from(slots)
    .where(and(eq(slots.state, "waiting"), lte(slots.startAt, now)))
    .orderBy(slots.startAt, strongestFirst, slots.id)
    .limit(batch);
  const ids = due.map(({ id }) => id);
  const started: RunRow[] = [];
  for (let index = 0; index < ids.length; index += perTransaction) {
    started.push(...(await startTogether(context, ids.slice(index, index + perTransaction), now, options)));
  }
  return { looked: ids.length, started };
}

/** Starts slots in one transaction; where one of them stands in the way, each in its own. */
async function startTogether(context: ServiceContext, ids: readonly string[], now: Date, options: StartOptions): Promise<RunRow[]> {
  try {
    return await briefTransaction(context.db, (tx) => startSlots(tx, context, ids, now, options.recheckMs));
  } catch (error) {
    if (ids.length > 1) {
      const alone: RunRow[] = [];
      for (const id of ids) alone.push(...(await startTogether(context, [id], now, options)));
      return alone;
    }
    options.logger.warn("a slot could not be started", { slotId: ids[0], error });
    return [];
  }
}

async function startSlots(
  tx: Transaction,
  context: ServiceContext,
  ids: readonly string[],
  now: Date,
  recheckMs: number,
): Promise<RunRow[]> {
  const started: RunRow[] = [];
  for (const taken of await takeSlots(tx, ids, now)) {
    const run = await startOne(tx, context, taken, now, recheckMs);
    if (run !== null) started.push(run);
  }
  return started;
}

async function startOne(tx: Transaction, context: ServiceContext, taken: Taken, now: Date, recheckMs: number): Promise<RunRow | null> {
  const { slot, schedule, source } = taken;
  const decision = decideStart({
    now: now.getTime(),
    slot: { expiresAt: slot.expiresAt.getTime(), late: slot.late, reason: slot.reason },
    rule: schedule === null || source.removedAt !== null ? null : ruleOf(schedule),
    isSourcePaused: source.pausedAt !== null,
    isBlocked: await isTaskBlocked(tx, slot, now),
    isCovered: await isCaughtUpByAnother(tx, slot),
    hasSuccessor: taken.hasSuccessor,
    hasWorker: taken.hasWorker,
  });
  if (decision.act !== "start") return keep(tx, slot, decision, now, recheckMs);
  try {
    const run = await startTask(tx, context, { ...slot, slotId: slot.id, workerGroup: taken.workerGroup });
    if (run === null) return await keep(tx, slot, { act: "settle", state: "skipped", reason: "nothing-to-do" }, now, recheckMs);
    const { late, reason } = decision;
    await tx
      .update(slots)
      .set({ state: "started", runId: run.id, late, reason, expiresAt: new Date(decision.expiresAt) })
      .where(eq(slots.id, slot.id));
    return run;
  } catch (error) {
    // Somebody was quicker by a moment; nothing was written.
    if (!(error instanceof LifeboatError) || error.code !== "run-active") throw error;
    return keep(tx, slot, { ...decision, act: "wait", reason: decision.reason ?? "run-active" }, now, recheckMs);
  }
}

/** Those of the slots that still wait and that nobody else holds, with their sources: of one source, one worker starts slots at a time. In the order of `ids`. */
async function takeSlots(tx: Transaction, ids: readonly string[], now: Date): Promise<Taken[]> {
  const held = await tx.execute<{ id: string }>(sql`
    select slot.id from ${slots} as slot join ${sources} as source on source.id = slot.source_id
    where slot.id = any(${sql.param(ids)}) and slot.state = 'waiting'
    for no key update of slot skip locked
    for no key update of source skip locked
  `);
  const taken = await tx
    .select({ slot: slots, schedule: schedules, source: sources, serverGroup: servers.workerGroup, hasSuccessor: hasSuccessorAt(now) })
    .from(slots)
    .innerJoin(sources, eq(sources.id, slots.sourceId))
    .leftJoin(servers, eq(servers.id, sources.serverId))
    .leftJoin(schedules, eq(schedules.id, slots.scheduleId))
    .where(
      oneOf(
        slots.id,
        held.map(({ id }) => id),
      ),
    );
  const groupOf = ({ schedule, source, serverGroup }: (typeof taken)[number]) =>
    schedule?.workerGroup ?? source.workerGroup ?? serverGroup ?? defaultGroup;
  const served = await loadServedGroups(tx, taken.map(groupOf));
  const found = new Map(
    taken.map((one) => {
      const { slot, schedule, source, hasSuccessor } = one;
      const workerGroup = groupOf(one);
      return [slot.id, { slot, schedule, source, hasSuccessor, workerGroup, hasWorker: served.has(workerGroup) }] as const;
    }),
  );
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function keep(
  tx: Transaction,
  slot: SlotRow,
  decision: Exclude<StartDecision, { act: "start" }>,
  now: Date,
  recheckMs: number,
): Promise<null> {
  const values =
    decision.act === "settle"
      ? { state: endOf(slot, decision.state), reason: decision.reason, settledAt: now }
      : {
          late: decision.late,
          reason: decision.reason,
          expiresAt: new Date(decision.expiresAt),
          startAt: new Date(now.getTime() + recheckMs),
        };
  await tx.update(slots).set(values).where(eq(slots.id, slot.id));
  return null;
}

/** What takes the next try of a failed one away leaves a failure, that is told, and no skipped time. */
function endOf({ attempt }: SlotRow, state: "missed" | "skipped"): "missed" | "skipped" | "failed" {
  return state === "skipped" && attempt > 0 ? "failed" : state;
}
