import { eq } from "drizzle-orm";
import { drills } from "#lib/db/schema/drills";
import { failed, type Judgement } from "#lib/domain/drill-judgement";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import type { BackupFacts } from "../../backups/facts.ts";
import { assertLease } from "../../runs/lease.ts";
import type { RunWork } from "../../runs/work.ts";
import { previousCopyBytes } from "../choose-backup.ts";
import type { DrillAccess } from "../ports.ts";
import type { RestoredFacts } from "../restored.ts";
import { getDrillOrThrow } from "../rows.ts";
import { type BuiltIn, judgeBuiltIn, type Judging } from "./built-in.ts";
import { whereabouts } from "./copy-targets.ts";
import { createLook, type Look } from "./look.ts";
import { createOwnChecks, type OwnCheck } from "./own.ts";
import { type CheckRow, loadChecks, markRunning, resetChecks, resetRunning, writeVerdict } from "./rows.ts";

export type CheckOrder = {
  readonly drillId: string;
  /** Null: every automatic check. Keys of manual and of not applicable ones are passed over. */
  readonly keys: readonly string[] | null;
  readonly access: DrillAccess;
  readonly facts: BackupFacts;
  /** What `loadRestored` says of the restore that made the copy. */
  readonly restored: RestoredFacts;
};

/** Counts of all checks of the drill after the run, manual ones among them. */
export type CheckTotals = { readonly passed: number; readonly failed: number; readonly pending: number; readonly notApplicable: number };

/**
 * Runs a drill's automatic checks on its copy and writes each verdict as it ends; what ran before goes into `attempts`. Never throws for what
 * a check finds or cannot do: that check has failed. Throws the signal's reason and `lease-lost`; checks that were
 * running then are pending again (after a killed worker: `resetRunning`).
 *
 * The built-in ones look at the copy before anything of people's own is started on it, which may write. The executor ends its run in a
 * transaction of its own, in which it calls `settleRecoveryTime`.
 */
export async function runChecks(work: RunWork, order: CheckOrder): Promise<CheckTotals> {
  const { db, lease, reporter, signal } = work;
  const { drillId, access } = order;
  const drill = await getDrillOrThrow(db, drillId);
  const chosen = (await loadChecks(db, drillId)).filter((row) => isAutomatic(row) && (order.keys?.includes(row.key) ?? true));
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await resetChecks(
      tx,
      drillId,
      chosen.map(({ key }) => key),
    );
  });
  const look = createLook(work, order);
  const judgedBefore = new Set(chosen.filter(hadVerdict).map(({ key }) => key));
  const judging: Judging = { work, order, drill, look, judgedBefore, previousBytes: await previousCopyBytes(db, drill) };
  const own = createOwnChecks(work, access, look);
  try {
    await reporter.step("built-in-checks", () =>
      settleAll(chosen.filter(isBuiltIn).map((row) => runOne(work, access, row, () => judgeBuiltIn(row.definition as BuiltIn, judging)))),
    );
    await measure(work, order, look);
    await reporter.step("own-checks", async () => {
      for (const row of chosen.filter((each) => !isBuiltIn(each)))
        await runOne(work, access, row, () => own.judge(row.definition as OwnCheck));
    });
    return await reporter.step("judge", async () => totalsOf(await loadChecks(db, drillId)));
  } catch (error) {
    // Without a lease nothing is written: whoever took the run says what becomes of them.
    if (reasonOf(error).code !== "lease-lost") {
      await db
        .transaction(async (tx) => {
          await assertLease(tx, lease);
          await resetRunning(tx, drillId);
        })
        .catch(() => undefined);
    }
    signal.throwIfAborted();
    throw error;
  } finally {
    await own.stop();
  }
}

const isAutomatic = ({ type, state }: CheckRow) => type !== "manual" && type !== "recovery-time" && state !== "not-applicable";
const hadVerdict = ({ state, attempts }: CheckRow) => state === "passed" || state === "failed" || attempts.length > 0;
const isBuiltIn = ({ type }: CheckRow) => type !== "sql" && type !== "http" && type !== "command";

/** Waits for all of them, then throws what the first one threw: none goes on writing after the run has ended. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function runOne(
  work: RunWork,
  access: DrillAccess,
  { drillId, key, type }: CheckRow,
  judge: () => Promise<Judgement>,
): Promise<void> {
  const { db, lease, reporter, signal } = work;
  signal.throwIfAborted();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await markRunning(tx, drillId, key);
  });
  const begun = performance.now();
  const judgement = await judge().catch(async (error: unknown) => {
    signal.throwIfAborted();
    if (reasonOf(error).code === "lease-lost") throw error;
    return failed("", "", await whyNot(work, access, key, error));
  });
  signal.throwIfAborted();
  const durationMs = performance.now() - begun;
  const found = judgement.reason === null ? "" : `: ${judgement.reason.code} ${Object.values(judgement.reason.params).join(" ")}`;
  reporter.log(judgement.verdict === "failed" ? "warning" : "info", `${key} (${type}) ${judgement.verdict}${found}`);
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await writeVerdict(tx, drillId, key, judgement, durationMs);
  });
}

/** A server that ended under a check leaves all kinds of errors: the one thing to know is that it is gone. */
async function whyNot({ deps, signal }: RunWork, access: DrillAccess, key: string, error: unknown): Promise<Reason> {
  const isGone = access.type === "sandbox" && !(await deps.drills.sandboxes.isAlive(access));
  signal.throwIfAborted();
  if (isGone) return { code: "copy-gone", params: { detail: whereabouts(access) } };
  const reason = reasonOf(error);
  if (reason.code !== "internal") return reason;
  deps.logger.error("a check could not be judged", { check: key, error });
  return unexpected(error);
}

/** What nobody foresaw is told as far as it says something: "internal" alone would help nobody. */
function unexpected(error: unknown): Reason {
  return { code: "check-not-possible", params: { detail: error instanceof Error ? error.message.slice(0, 300) : "unknown" } };
}

/** The next drill compares its copy with this one, whether or not a check asked for its size. A copy that cannot be measured keeps none. */
async function measure({ db, lease, signal }: RunWork, { drillId, access }: CheckOrder, look: Look): Promise<void> {
  if (access.type === "file") return;
  try {
    const { sizeBytes } = await look.facts();
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await tx.update(drills).set({ copyBytes: sizeBytes }).where(eq(drills.id, drillId));
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LifeboatError) || error.code === "lease-lost") throw error;
  }
}

function totalsOf(rows: readonly CheckRow[]): CheckTotals {
  const count = (...states: CheckRow["state"][]) => rows.filter(({ state }) => states.includes(state)).length;
  return { passed: count("passed"), failed: count("failed"), pending: count("pending", "running"), notApplicable: count("not-applicable") };
}
