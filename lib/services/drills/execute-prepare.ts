import { eq } from "drizzle-orm";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillPreflightDto } from "#lib/contracts/drills";
import type { Transaction } from "#lib/db/client";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { hasContent } from "#lib/domain/compare-tables";
import type { KnownBefore } from "#lib/domain/drill-applicable";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { type BackupFacts, loadBackupFacts } from "../backups/facts.ts";
import { lockAvailableBackup } from "../backups/lock-available.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { changeDrill } from "./change.ts";
import { writeChecks } from "./checks/rows.ts";
import { chooseDrillBackup, describeBackup, previousCopyBytes } from "./choose-backup.ts";
import { goOn } from "./go-on.ts";
import { blocked, lookAhead } from "./preflight.ts";
import { resolveTarget, type ResolvedTarget } from "./resolve-target.ts";
import { type DrillRow, getDrillOrThrow, lockDrill } from "./rows.ts";
import { settlingFailure } from "./settle-run.ts";

type Chosen = { readonly facts: BackupFacts; readonly where: ResolvedTarget };
type Looked = { readonly chosen: Chosen | null; readonly preflight: DrillPreflightDto; readonly checks: readonly CheckDefinition[] };

/**
 * Chooses what is restored and where to, and looks whether that can go well. What stands in the way is the answer, not a failure of the run; an
 * unattended drill goes on by itself.
 */
export function executeDrillPrepare(work: RunWork): Promise<void> {
  return settlingFailure(work, () => prepare(work));
}

async function prepare(work: RunWork): Promise<void> {
  const drill = await getDrillOrThrow(work.db, work.run.subject);
  // What was chosen may have gone to the trash while it was looked at: then another one is chosen.
  while (!(await commit(work, drill, await look(work, drill)))) work.signal.throwIfAborted();
}

/** False when the chosen backup cannot be restored any more: nothing was written then. */
async function commit(work: RunWork, drill: DrillRow, looked: Looked): Promise<boolean> {
  const { db, deps, run, lease } = work;
  const backup = looked.chosen === null ? null : await describeBackup(db, looked.chosen.facts);
  const context = actAs(deps, run);
  await work.reporter.flush();
  return db.transaction(async (tx) => {
    const held = await lockDrill(tx, drill.id);
    await assertLease(tx, lease);
    // Held until the drill names it: a removal either came before, or finds the drill.
    if (backup !== null && !(await isAvailable(tx, backup.id))) return false;
    await finishRun(tx, lease, { state: "succeeded", ...(backup === null ? {} : { backupId: backup.id }) });
    // Aborted meanwhile: the next run cleans up.
    if (held.state !== "preparing") return true;
    const { chosen, preflight, checks } = looked;
    if (chosen !== null) await writeChecks(tx, drill.id, checks, await knownBefore(work, held, chosen));
    const prepared = await changeDrill(tx, context, held, {
      to: "prepared",
      set: { backupId: backup?.id ?? null, backup, target: chosen?.where.target ?? null, preflight, problem: null },
      told: [
        ...(backup === null ? [] : [{ code: "backup-chosen" as const, params: { backupId: backup.id, fileName: backup.fileName } }]),
        { code: "prepared", params: { blocked: preflight.items.filter(({ state }) => state === "blocked").length } },
      ],
    });
    await goOn(tx, context, prepared);
    return true;
  });
}

async function isAvailable(tx: Transaction, backupId: string): Promise<boolean> {
  try {
    await lockAvailableBackup(tx, backupId);
    return true;
  } catch (error) {
    if (error instanceof LifeboatError) return false;
    throw error;
  }
}

async function look(work: RunWork, drill: DrillRow): Promise<Looked> {
  const { db, deps, reporter, signal } = work;
  const [plan] = await db.select().from(drillPlans).where(eq(drillPlans.id, drill.planId));
  if (plan === undefined) throw new LifeboatError("not-found", { entity: "drillPlan", id: drill.planId });
  const { checks } = plan;
  try {
    const facts = await reporter.step("choose-backup", async () => {
      const id = await chooseDrillBackup(db, drill, plan.selection, deps);
      return loadBackupFacts(db, id);
    });
    const { where, preflight } = await reporter.step("preflight", async () => {
      await deps.prepareDestination();
      const resolved = await resolveTarget(work, drill, facts);
      return { where: resolved, preflight: await lookAhead(work, { drill, facts, where: resolved, checks }) };
    });
    return { chosen: { facts, where }, preflight, checks };
  } catch (error) {
    signal.throwIfAborted();
    const reason = reasonOf(error);
    if (reason.code === "internal" || reason.code === "lease-lost") throw error;
    const code = reason.code === "drill-no-backup" || reason.code === "not-found" ? "backup" : "server";
    const checkedAt = deps.context.now().toISOString();
    return { chosen: null, preflight: { checkedAt, items: [blocked(code, reason)], estimate: null, recoveryPointSeconds: 0 }, checks };
  }
}

async function knownBefore({ db }: RunWork, drill: DrillRow, { facts, where }: Chosen): Promise<KnownBefore> {
  const { backup, source } = facts;
  const { manifest } = backup;
  return {
    engine: source.engine,
    target: where.target.type,
    confined: where.target.confined,
    hasContent: hasContent(facts.tables),
    hasProperties: manifest !== null && manifest.properties !== null,
    sequences: manifest?.sequences.length ?? 0,
    extensions: manifest?.extensions.length ?? 0,
    hasMigrationHead: manifest !== null && manifest.migrationHead !== null,
    previousCopyBytes: await previousCopyBytes(db, drill),
    recoveryTimeSeconds: drill.recoveryTimeSeconds,
    recoveryPointSeconds: drill.recoveryPointSeconds,
  };
}
