import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { insertBackup, insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "#lib/worker/worker";
import { recordAudit } from "../audit/record.ts";
import type { WorkerDeps } from "../runs/work.ts";
import { discardBackup } from "./discard.ts";
import { reconcileIntents } from "./reconcile-intents.ts";
import { deleteBackup } from "./remove.ts";

const rareSweeps = { timings: { sweepMs: 3_600_000 } };
let test: TestCatalogue;
let context: TestContext;
let station: Station;
/** Stands for a second worker: only its ports are used. */
let idle: Worker;
let deps: WorkerDeps;
let at: { sourceId: string; destinationId: string };
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  idle = await station.startWorker({ ...rareSweeps, group: "idle", change: (wired) => (deps = wired) });
});
afterAll(async () => {
  await idle.stop();
  await test.drop();
  await station.remove();
});
beforeEach(async () => {
  await db().delete(backups);
  at = { sourceId: await insertSource(db(), await insertServer(db())), destinationId: deps.destination.id };
});

/** A backup that is being taken away, unless told otherwise, with the key of a file that is gone. */
async function leftBehind(change: Partial<typeof backups.$inferInsert> = {}): Promise<string> {
  const id = await insertBackup(db(), at, { state: "deleting", ...change });
  const sums = { bytes: 0, packSha256: "", storedBytes: 0, storedSha256: "" };
  await db()
    .insert(packs)
    .values({ id: newId("pack"), backupId: id, key: `gone/${id}.dump.zst`, ...sums });
  return id;
}

/** One sweep, which begins with the newest, and is held up where it removes the first file while `work` is done. */
async function sweepWhile(work: () => Promise<void>): Promise<void> {
  let done: Promise<void> | null = null;
  const repository = {
    ...deps.repository,
    removeSidecar: async (key: string) => {
      await (done ??= work());
      await deps.repository.removeSidecar(key);
    },
  };
  await reconcileIntents(db(), { ...deps, repository });
  expect(done).not.toBeNull();
}

const stateOf = async (id: string) => (await db().select().from(backups).where(eq(backups.id, id)))[0]?.state;
const toldOf = (id: string) =>
  db()
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.action, "backup.deleted"), eq(auditEvents.targetId, id)));

it("is told once when its removal ends between the sweep's two looks", async () => {
  const backupId = await leftBehind();
  await leftBehind();
  const runId = await insertRun(db(), { type: "delete", state: "running", backupId });
  await sweepWhile(() =>
    db().transaction(async (tx) => {
      await tx.delete(backups).where(eq(backups.id, backupId));
      await recordAudit(tx, context, { action: "backup.deleted", targetType: "backup", targetId: backupId });
      await tx.update(runs).set({ state: "succeeded" }).where(eq(runs.id, runId));
    }),
  );
  expect(await stateOf(backupId)).toBeUndefined();
  expect(await toldOf(backupId)).toHaveLength(1);
});

it("stays when another sweep found it whole meanwhile", async () => {
  const backupId = await leftBehind({ state: "writing" });
  await leftBehind();
  await sweepWhile(async () => void (await db().update(backups).set({ state: "available" }).where(eq(backups.id, backupId))));
  expect(await stateOf(backupId)).toBe("available");
});

it("is told once, and its removal succeeds, when a sweep takes it away in the middle of that", async () => {
  const backupId = await leftBehind();
  const begun = Promise.withResolvers<void>();
  const swept = Promise.withResolvers<void>();
  const change = (wired: WorkerDeps): WorkerDeps => ({
    ...wired,
    repository: {
      ...wired.repository,
      removeSidecar: async () => {
        begun.resolve();
        await swept.promise;
      },
    },
  });
  let runId = "";
  let worker: Worker | null = null;
  try {
    await sweepWhile(async () => {
      const [row] = await db().select().from(backups).where(eq(backups.id, backupId));
      const input = {
        params: { id: backupId },
        query: { dependents: "refuse" as const, when: "now" as const },
        body: {},
        ifMatch: row?.version ?? 0,
      };
      runId = (await deleteBackup(context, input)).id;
      worker = await station.startWorker({ ...rareSweeps, change });
      await begun.promise;
    });
    swept.resolve();
    expect(await untilEnded(db(), runId)).toMatchObject({ state: "succeeded", error: null });
  } finally {
    swept.resolve();
    await (worker as Worker | null)?.stop();
  }
  expect(await stateOf(backupId)).toBeUndefined();
  expect(await toldOf(backupId)).toMatchObject([{ before: { runId, finishedBy: "sweep" } }]);
});

it("takes its chain with it when the other one of that chain goes at the same time", async () => {
  const first = await leftBehind();
  const [row] = await db().select({ chainId: backups.chainId }).from(backups).where(eq(backups.id, first));
  const chainId = row?.chainId ?? "";
  const second = await leftBehind({ chainId });
  const waits = async () =>
    (
      await test.catalogue.sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    ).length > 0;
  const others: Promise<boolean>[] = [];
  let isOver = false;
  await discardBackup(db(), deps, first, {
    after: async () => {
      others.push(discardBackup(db(), deps, second).finally(() => (isOver = true)));
      await expect.poll(async () => isOver || (await waits())).toBe(true);
    },
  });
  expect(await Promise.all(others)).toEqual([true]);
  expect(await db().select().from(chains).where(eq(chains.id, chainId))).toEqual([]);
});
