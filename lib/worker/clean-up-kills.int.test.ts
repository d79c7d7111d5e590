import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { createPolicy } from "#lib/services/policies/create";
import { cleanUpSource, startCleanUpRun } from "#lib/services/policies/start-clean-up";
import type { KillKind } from "#lib/testing/kill-kinds";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import { loadRun, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
/** Where a worker dies: before the first of these. */
const deaths = [
  ["before it decides", "catalogue select backups", false],
  ["before anything moves", "catalogue update backups", false],
  ["in the middle of the move", "catalogue insert audit_events", false],
  ["before it looks at the storage", "storage.prepare", true],
  ["before the first file goes", "storage.remove", true],
  ["after the first file went", "storage.remove done", true],
  ["before the first row goes", "catalogue delete backups", true],
] as const;
let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
  const rule = { keep: [{ type: "keep-last" as const, keep: 1 }], capBytes: null };
  const policy = await createPolicy(ground.context, { ...none, params: {}, body: { name: "one", rule, graceDays: 0, afterBackup: false } });
  await ground.db.update(sources).set({ retentionPolicyId: policy.id });
});
afterAll(() => ground.close());

/**
 * Three fulls of which one stays: each of the others is there whole, waits in the trash whole, or is gone, with its files, and told once. What removes
 * is the run after the one that moved them.
 */
function cleanUpKind({ db, test, context, sourceId, backUp, workIn }: KillGround, removes: boolean): KillKind {
  let made: string[] = [];
  const rows = () => db.select().from(backups).where(eq(backups.sourceId, sourceId)).orderBy(asc(backups.snapshotAt));
  const cleanUp = async () => {
    const { id } = await db.transaction(async (tx) => {
      const run = await startCleanUpRun(tx, context, { sourceId, trigger: "manual" });
      await tx.update(runs).set({ workerGroup: "sweeper" }).where(eq(runs.id, run.id));
      return run;
    });
    expect(await untilEnded(db, id)).toMatchObject({ state: "succeeded" });
  };
  return {
    name: "clean-up",
    workers: "sweeper",
    start: async () => {
      while ((await rows()).length < 3) await untilEnded(db, await backUp());
      made = (await rows()).map(({ id }) => id);
      if (removes) await cleanUp();
      await workIn("mortals");
      return (await cleanUpSource(context, { ...none, params: { id: sourceId }, body: {} })).id;
    },
    judge: async (runId) => {
      const left = await rows();
      expect(left.at(-1)).toMatchObject({ id: made.at(-1), state: "available" });
      const whole = left.filter(({ state }) => state === "available").length === 3;
      // What moves to the trash moves at once, or not at all.
      const told = await test.catalogue.sql<{ action: string; id: string; reason: string }[]>`
        select action, target_id as id, coalesce(after ->> 'reason', before ->> 'reason') as reason from lifeboat.audit_events
        where target_id = any(${made}) and action in ('backup.trash', 'backup.deleted')`;
      const of = (action: string) => told.filter((each) => each.action === action).map(({ id }) => id);
      expect(of("backup.trash").toSorted()).toEqual(whole ? [] : made.slice(0, -1).toSorted());
      const gone = made.filter((id) => !left.some((row) => row.id === id));
      expect(of("backup.deleted").toSorted()).toEqual(gone.toSorted());
      expect(told.every(({ reason }) => reason === "beyond-count")).toBe(true);
      const isDone = (await loadRun(db, runId)).state === "succeeded";
      expect(isDone && (removes ? left.length > 1 : whole)).toBe(false);
      // What a death left is done by the next clean-up, what was not moved yet by the one after it.
      if (whole) await cleanUp();
      await cleanUp();
      expect(await rows()).toHaveLength(1);
    },
  };
}

it.each(deaths)(
  "a clean-up whose worker is killed %s leaves every backup whole, in the trash, or gone and told; the next one ends it",
  async (_when, point, removes) => {
    const kind = cleanUpKind(ground, removes);
    await ground.workIn(kind.workers);
    const runId = await ground.die(point, kind.start);
    await kind.judge(runId, null);
    expect(await loadRun(ground.db, runId)).toMatchObject({ state: "failed", error: { code: "worker-lost" } });
  },
);
