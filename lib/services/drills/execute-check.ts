import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { isManualCheck } from "#lib/domain/drill-checks";
import { LifeboatError, type Reason } from "#lib/domain/error";
import { loadBackupFacts } from "../backups/facts.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { requireAccess } from "./access.ts";
import { changeDrill } from "./change.ts";
import { settleRecoveryTime } from "./checks/recovery-time.ts";
import { loadChecks, writeVerdict } from "./checks/rows.ts";
import { runChecks } from "./checks/run.ts";
import { goOn } from "./go-on.ts";
import { machineMsAfter } from "./machine-time.ts";
import type { DrillAccess } from "./ports.ts";
import { loadRestored } from "./restored.ts";
import { getDrillOrThrow, lockDrill } from "./rows.ts";
import { settlingFailure } from "./settle-run.ts";

/** Input of a `drill-check` run. */
const checkOrder = z.object({ keys: z.array(z.string()) });

/** Runs automatic checks on a drill's copy. What they find is theirs to say; the run fails only when it could not run them. */
export async function executeDrillCheck(work: RunWork): Promise<void> {
  await settlingFailure(
    work,
    () => check(work),
    async (tx) => {
      await tx
        .update(drills)
        .set({ machineMs: machineMsAfter(work.run.id) })
        .where(eq(drills.id, work.run.subject));
    },
  );
}

async function check(work: RunWork): Promise<void> {
  const { db, deps, run, lease } = work;
  const { keys } = checkOrder.parse(run.input);
  const drill = await getDrillOrThrow(db, run.subject);
  const access = requireAccess(deps.context.keyring, drill);
  const restored = await loadRestored(db, drill.id);
  if (restored === null) throw new LifeboatError("copy-gone", { detail: "no restore of it succeeded" });
  if (await isThere(work, access)) {
    const facts = await loadBackupFacts(db, drill.backupId ?? "");
    await runChecks(work, { drillId: drill.id, keys, access, facts, restored });
  }
  work.signal.throwIfAborted();
  // It may have gone while it was looked at.
  const gone: Reason | null = (await isThere(work, access)) ? null : { code: "copy-gone", params: { detail: "its server ended" } };
  const context = actAs(deps, run);
  await work.reporter.flush();
  await db.transaction(async (tx) => {
    const held = await lockDrill(tx, drill.id);
    await assertLease(tx, lease);
    if (gone !== null) await failOpenChecks(tx, drill.id, keys, gone);
    await finishRun(tx, lease, { state: "succeeded" });
    if (held.state !== "validating") return;
    await settleRecoveryTime(tx, drill.id);
    const now = await lockDrill(tx, drill.id);
    const states = await loadChecks(tx, drill.id);
    const checked = await changeDrill(tx, context, now, {
      set: { machineMs: machineMsAfter(run.id), problem: gone },
      told: [{ code: "checks-finished", params: { failed: states.filter(({ state }) => state === "failed").length } }],
    });
    await goOn(tx, context, checked);
  });
}

async function isThere({ deps }: RunWork, access: DrillAccess): Promise<boolean> {
  return access.type !== "sandbox" || (await deps.drills.sandboxes.isAlive(access));
}

/** A check that could not be run has failed; those that had their verdict keep it. */
async function failOpenChecks(tx: Transaction, drillId: string, keys: readonly string[], reason: Reason): Promise<void> {
  const open = (await loadChecks(tx, drillId)).filter(
    ({ key, type, state }) =>
      keys.includes(key) && !isManualCheck(type) && type !== "recovery-time" && (state === "pending" || state === "running"),
  );
  for (const { key } of open) {
    await writeVerdict(tx, drillId, key, { verdict: "failed", expected: "", actual: "", reason, evidence: "" }, 0);
  }
}
