import { and, eq, inArray, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import type { Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import { canMoveDrill, type DrillState } from "#lib/domain/drill-state";
import { LifeboatError, type Params } from "#lib/domain/error";
import type { RunType } from "#lib/domain/run-state";
import type { ServiceContext } from "../context.ts";
import { refuseStale } from "../require-version.ts";
import type { RunRow } from "../runs/start.ts";
import { type DrillEvent, type DrillRow, lockDrill } from "./rows.ts";

/** Runs that carry a drill on; questions to its copy are none. */
export const drillRunTypes = ["drill-prepare", "drill-restore", "drill-check", "drill-close"] as const satisfies readonly RunType[];

/** What a person may do to a drill, and when. */
export type Allowed = {
  readonly states: readonly DrillState[];
  /** Also while it is paused; and also while one of its runs is at work. */
  readonly paused?: boolean;
  readonly busy?: boolean;
  /** Also for others than the operator. */
  readonly anybody?: boolean;
  /** The version that the person saw. */
  readonly version?: number;
};

/**
 * The drill, held, when the caller may change it now. Throws `not-found`, `version-conflict`, `drill-state` { state }, `drill-not-operator`
 * { operator }, `drill-paused` and `drill-busy` { runId }.
 */
export async function holdDrill(tx: Transaction, context: ServiceContext, id: string, allowed: Allowed): Promise<DrillRow> {
  const drill = await lockDrill(tx, id);
  if (allowed.version !== undefined) refuseStale("drill", drill.version, allowed.version);
  if (!allowed.states.includes(drill.state)) throw new LifeboatError("drill-state", { state: drill.state });
  if (allowed.anybody !== true && !isOperator(context, drill)) {
    throw new LifeboatError("drill-not-operator", { operator: drill.operatorName });
  }
  if (allowed.paused !== true && drill.pausedAt !== null) throw new LifeboatError("drill-paused");
  if (allowed.busy !== true) {
    const [active] = await activeRuns(tx, id);
    if (active !== undefined) throw new LifeboatError("drill-busy", { runId: active.id });
  }
  return drill;
}

/** Drills that the schedule started have no operator: whoever may operate drills may see to them. */
export function isOperator({ actor }: ServiceContext, drill: Pick<DrillRow, "operatorId">): boolean {
  return actor.type === "system" || drill.operatorId === null || drill.operatorId === actor.id;
}

/** Runs of a drill that wait or work, oldest first. */
export async function activeRuns(tx: Transaction, drillId: string): Promise<RunRow[]> {
  return tx
    .select()
    .from(runs)
    .where(and(eq(runs.drillId, drillId), inArray(runs.type, [...drillRunTypes]), inArray(runs.state, ["queued", "running"])))
    .orderBy(runs.queuedAt, runs.id);
}

type Change = Partial<Omit<PgUpdateSetSource<typeof drills>, "id" | "state" | "events" | "version">>;

/** What happened, for the drill's own story. */
export type Told = { readonly code: DrillEvent["code"]; readonly params?: Params };

/**
 * Writes a change of a drill that is held: its next state when `to` is one, and what happened. Throws when the state machine has no such
 * edge, which is a bug of the caller. Gives the row as it is now.
 */
export async function changeDrill(
  tx: Transaction,
  context: Pick<ServiceContext, "now" | "actor">,
  drill: DrillRow,
  { to, set = {}, told = [] }: { to?: DrillState; set?: Change; told?: readonly Told[] },
): Promise<DrillRow> {
  if (to !== undefined && !canMoveDrill(drill.state, to)) throw new Error(`a drill does not go from ${drill.state} to ${to}`);
  const at = context.now().toISOString();
  const added = told.map(({ code, params = {} }): DrillEvent => ({ at, code, params, actorName: context.actor.name }));
  const [row] = await tx
    .update(drills)
    .set({ ...set, ...(to === undefined ? {} : { state: to }), events: [...drill.events, ...added], version: sql`${drills.version} + 1` })
    .where(eq(drills.id, drill.id))
    .returning();
  if (row === undefined) throw new LifeboatError("not-found", { entity: "drill", id: drill.id });
  return row;
}
