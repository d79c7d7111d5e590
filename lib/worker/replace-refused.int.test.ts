import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { backups } from "#lib/db/schema/backups";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import { createRestore } from "#lib/services/restores/start";
import { cancelRun } from "#lib/services/runs/cancel";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testServer } from "#lib/testing/postgres";
import { createReplaceKit, type ReplaceKit, type Target } from "#lib/testing/replace-kit";
import { markerOf } from "#lib/testing/replaceable";
import { loadRun, untilEnded, untilStep } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let kit: ReplaceKit;

beforeAll(async () => {
  kit = await createReplaceKit(server);
});

afterAll(async () => {
  await kit.close();
});

describe("a replacement that cannot be", () => {
  const untouched = async ({ live }: Target, restoreId: string, outcome = "removed") => {
    expect(await markerOf(server, live.name)).toBe("live");
    expect(await kit.look(restoreId)).toMatchObject({
      outcome,
      replacement: { answers: "old", keptName: null, replacedAt: null, undoBlocker: { params: { why: "untouched" } } },
    });
  };

  it.each<[string, (deps: WorkerDeps) => WorkerDeps]>([
    [
      "did not reach stored",
      (deps) => ({ ...deps, repository: { ...deps.repository, reread: () => Promise.reject(new Error("the disk is broken")) } }),
    ],
    [
      "was damaged before it was verified",
      (deps) => ({
        ...deps,
        repository: {
          ...deps.repository,
          verify: ({ pack }) =>
            Promise.resolve({ checks: [], failure: { code: "pack-damaged", params: { key: pack.key, detail: "a flipped bit" } } }),
        },
      }),
    ],
  ])("because its safety backup %s touches nothing", async (_, change) => {
    const target = await kit.backedUp();
    await kit.withWorker(async () => {
      const { ended, restoreId, safetyRunId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "safety-backup-failed", params: { runId: safetyRunId } } });
      await untouched(target, restoreId);
    }, change);
    expect(await kit.databasesLike(target.live.name)).toEqual([target.live.name]);
  });

  it.each([
    ["removes the sibling", false],
    ["keeps the sibling where that was asked for", true],
  ])("because its copy differs is not swapped and %s", async (_, keepOnFailure) => {
    const target = await kit.backedUp();
    const spoilt = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        digestCopy: async (request, engineContext) =>
          (await deps.engine.digestCopy(request, engineContext)).map((table) => Object.assign(table, { sha256: "ab".repeat(32) })),
      },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target, { keepOnFailure });
      expect(ended).toMatchObject({ state: "failed", error: { code: "restore-differs" } });
      await untouched(target, restoreId, keepOnFailure ? "kept-after-failure" : "removed");
      const [, sibling] = await kit.databasesLike(target.live.name);
      expect((await kit.look(restoreId)).facts).toEqual(keepOnFailure ? { keptAs: sibling } : {});
    }, spoilt);
    expect(await kit.databasesLike(target.live.name)).toHaveLength(keepOnFailure ? 2 : 1);
  });

  it("because another database has got the name meanwhile leaves that one alone", async () => {
    const target = await kit.backedUp();
    const { name } = target.live;
    const stolen = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        renameDatabases: async (address, renames, engineContext) => {
          await server.admin().unsafe(`alter database ${name} rename to ${name}_moved`);
          await server.admin().unsafe(`create database ${name} template ${name}_moved`);
          return deps.engine.renameDatabases(address, renames, engineContext);
        },
      },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "target-changed" } });
      expect((await kit.look(restoreId)).run.warnings.join()).toContain("is another one than before");
      await untouched(target, restoreId);
    }, stolen);
    expect(await kit.databasesLike(name)).toEqual([name, `${name}_moved`]);
  });

  it.each([
    ["lost after they were done", true, "succeeded"],
    ["lost before they were done", false, "failed"],
  ])("whose connection during the renames was %s says what the server says", async (_, isDone, state) => {
    const target = await kit.backedUp();
    const lossy = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        renameDatabases: async (address, renames, engineContext) => {
          if (isDone) await deps.engine.renameDatabases(address, renames, engineContext);
          throw new LifeboatError("connection-lost", { host: address.host, port: address.port });
        },
      },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target);
      expect(ended.state).toBe(state);
      if (!isDone) return untouched(target, restoreId);
      expect(await markerOf(server, target.live.name)).toBe("backup");
      expect((await kit.look(restoreId)).replacement).toMatchObject({ answers: "new", undoBlocker: null });
    }, lossy);
  });

  it("whose worker lost its lease in the middle of the renames is looked at once more when they came through", async () => {
    const target = await kit.backedUp();
    const late = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        renameDatabases: async (address, renames, engineContext) => {
          // What a sweep does while this worker is stopped: it finds the old database under the name.
          const [{ id: runId } = { id: "" }] = await kit.db.select({ id: runs.id }).from(runs).where(eq(runs.state, "running"));
          const error = { code: "worker-lost" as const, params: { workerId: "" } };
          await kit.db.update(runs).set({ state: "failed", leaseExpiresAt: null, error }).where(eq(runs.id, runId));
          const [row] = await kit.db
            .update(restores)
            .set({ outcome: "kept-after-failure", facts: {} })
            .where(eq(restores.runId, runId))
            .returning();
          await kit.db
            .update(replacements)
            .set({ answers: "old" })
            .where(eq(replacements.restoreId, row?.id ?? ""));
          return deps.engine.renameDatabases(address, renames, { ...engineContext, signal: new AbortController().signal });
        },
      },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target, { keepOnFailure: true });
      expect(ended).toMatchObject({ state: "failed", error: { code: "worker-lost" } });
      const told = async () => {
        const { outcome, replacement } = await kit.look(restoreId);
        return { outcome, answers: replacement?.answers, undoBlocker: replacement?.undoBlocker };
      };
      await expect.poll(told).toEqual({ outcome: "replaced", answers: "new", undoBlocker: null });
      expect(await markerOf(server, target.live.name)).toBe("backup");
    }, late);
  });

  it("because it was cancelled while it waited takes its safety backup along", async () => {
    const target = await kit.backedUp();
    const { run, restoreId } = await createRestore(kit.context, { ...none, params: {}, body: kit.order(target) });
    expect(run).toMatchObject({ state: "queued", afterRunId: expect.stringMatching(/^run_/) as string });
    await cancelRun(kit.context, { ...none, params: { id: run.id }, body: {} });
    expect(await loadRun(kit.db, run.afterRunId ?? "")).toMatchObject({ state: "cancelled", error: { code: "run-cancelled" } });
    await kit.withWorker(() => expect.poll(async () => (await kit.look(restoreId)).outcome).toBe("removed"));
    await untouched(target, restoreId);
  });

  it("waits for its safety backup and is not begun before, nor can what it needs be removed", async () => {
    const target = await kit.backedUp();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      repository: {
        ...deps.repository,
        reread: async (...args) => {
          await held;
          return deps.repository.reread(...args);
        },
      },
    });
    await kit.withWorker(async () => {
      const { run } = await createRestore(kit.context, { ...none, params: {}, body: kit.order(target) });
      await untilStep(kit.db, run.afterRunId ?? "", "reread");
      expect(await loadRun(kit.db, run.id)).toMatchObject({ state: "queued", startedAt: null });
      await expect(createRestore(kit.context, { ...none, params: {}, body: kit.order(target) })).rejects.toMatchObject({
        code: "run-active",
      });
      const [backup] = await kit.db.select().from(backups).where(eq(backups.id, target.backupId));
      const removal = {
        params: { id: target.backupId },
        query: { dependents: "refuse" as const, when: "now" as const },
        body: {},
        ifMatch: backup?.version ?? 0,
      };
      await expect(deleteBackup(kit.context, removal)).rejects.toMatchObject({ code: "chain-locked", params: { by: run.id } });
      release();
      expect(await untilEnded(kit.db, run.id)).toMatchObject({ state: "succeeded", error: null });
      await expect(deleteBackup(kit.context, removal)).rejects.toMatchObject({ code: "backup-kept-for-undo" });
    }, slow);
  });

  it("is told the backup that already runs", async () => {
    const target = await kit.backedUp();
    const { id } = await createBackup(kit.context, {
      ...none,
      params: {},
      body: { sourceId: target.sourceId, kind: "full", reason: "", note: "" },
    });
    await expect(createRestore(kit.context, { ...none, params: {}, body: kit.order(target) })).rejects.toMatchObject({
      code: "run-active",
      params: { runId: id, type: "backup" },
    });
    await cancelRun(kit.context, { ...none, params: { id }, body: {} });
  });
});
