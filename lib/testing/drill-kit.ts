import { expect } from "vitest";
import type { z } from "zod";
import { closeDrill as closeContract, type DrillDetailDto, startDrill as startContract } from "#lib/contracts/drills";
import type { DrillState } from "#lib/domain/drill-state";
import type { ServiceContext } from "#lib/services/context";
import { answerDrillCheck } from "#lib/services/drills/answer";
import { abortDrill } from "#lib/services/drills/abort";
import { closeDrill } from "#lib/services/drills/close";
import { getDrill } from "#lib/services/drills/get";
import { pauseDrill } from "#lib/services/drills/pause";
import { restoreDrill } from "#lib/services/drills/restore";
import { resumeDrill } from "#lib/services/drills/resume";
import { runDrillChecks } from "#lib/services/drills/run-checks";
import { startDrill } from "#lib/services/drills/start";
import { getDrillPlan } from "#lib/services/drill-plans/get";
import { updateDrillPlan } from "#lib/services/drill-plans/update";

const none = { query: {}, ifMatch: null } as const;

type Start = z.input<typeof startContract.body>;
type PlanChange = Parameters<typeof updateDrillPlan>[1]["body"];
type CloseBody = Partial<Parameters<typeof closeDrill>[1]["body"]>;

/** The buttons of a drill, as one person presses them. */
export type DrillHand = ReturnType<typeof drillHand>;

export function drillHand(context: ServiceContext) {
  const show = (id: string) => getDrill(context, { ...none, params: { id }, body: {} });
  const until = async (id: string, state: DrillState): Promise<DrillDetailDto> => {
    await expect
      .poll(
        async () => {
          const drill = await show(id);
          // What it waits for is the better message.
          return drill.problem === null || drill.state === state ? drill.state : `${drill.state}: ${drill.problem.message}`;
        },
        { interval: 50 },
      )
      .toBe(state);
    return show(id);
  };
  return {
    show,
    until,
    start: (body: Start) => startDrill(context, { ...none, params: {}, body: startContract.body.parse(body) }),
    restore: (id: string) => restoreDrill(context, { ...none, params: { id }, body: {} }),
    check: (id: string, keys?: string[]) => runDrillChecks(context, { ...none, params: { id }, body: keys === undefined ? {} : { keys } }),
    answer: (id: string, key: string, verdict: "passed" | "failed", note = "") =>
      answerDrillCheck(context, { ...none, params: { id, key }, body: { verdict, note } }),
    pause: (id: string) => pauseDrill(context, { ...none, params: { id }, body: { note: "" } }),
    resume: (id: string) => resumeDrill(context, { ...none, params: { id }, body: {} }),
    abort: (id: string) => abortDrill(context, { ...none, params: { id }, body: { reason: "" } }),
    /** Signs as the caller, with the version that stands now unless told otherwise. */
    close: async (id: string, verdict: NonNullable<DrillDetailDto["verdict"]>, more: CloseBody & { version?: number } = {}) => {
      const { version, ...change } = more;
      const body = closeContract.body.parse({ verdict, signedName: context.actor.name, ...change });
      return closeDrill(context, { query: {}, params: { id }, body, ifMatch: version ?? (await show(id)).version });
    },
    /** The checks of the last look are over, and nothing works on the drill. */
    untilChecked: async (id: string): Promise<DrillDetailDto> => {
      await until(id, "validating");
      await expect.poll(async () => (await show(id)).activeRunId, { interval: 50 }).toBe(null);
      return show(id);
    },
    plan: async (sourceId: string, body: PlanChange) => {
      const { version } = await getDrillPlan(context, { ...none, params: { id: sourceId }, body: {} });
      return updateDrillPlan(context, { query: {}, params: { id: sourceId }, body, ifMatch: version });
    },
  };
}

/** Checks by key and state, those that did not apply left out. */
export function verdictsOf({ checks }: DrillDetailDto): Record<string, string> {
  return Object.fromEntries(checks.filter(({ state }) => state !== "not-applicable").map(({ key, state }) => [key, state]));
}

/** Databases of a server whose names say that a drill made them. */
export async function drillDatabases(
  sql: { unsafe: (text: string) => PromiseLike<readonly unknown[]> },
  database: string,
): Promise<unknown[]> {
  return [...(await sql.unsafe(`select datname from pg_database where datname like '${database.slice(0, 20)}%\\_drill\\_%'`))];
}

/** Checks that failed, each with what it says. */
export function failuresOf({ checks }: DrillDetailDto): string[] {
  return checks.filter(({ state }) => state === "failed").map(({ key, reason, actual }) => `${key}: ${reason?.message ?? ""} (${actual})`);
}
