import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eq, sql } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { cleanUpReplace } from "#lib/services/restores/clean-up";
import { deleteBackup } from "#lib/services/backups/remove";
import { createRestore } from "#lib/services/restores/start";
import { undoReplace } from "#lib/services/restores/undo";
import { cancelRun } from "#lib/services/runs/cancel";
import type { WorkerDeps } from "#lib/services/runs/work";
import { restorePasswordContext } from "#lib/services/servers/secrets";
import { updateServer } from "#lib/services/servers/update";
import { testServer } from "#lib/testing/postgres";
import { createReplaceKit, type ReplaceKit, type Target } from "#lib/testing/replace-kit";
import { markerOf } from "#lib/testing/replaceable";
import { addSource, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let kit: ReplaceKit;

beforeAll(async () => {
  kit = await createReplaceKit(server);
});

afterAll(async () => {
  await kit.close();
});

/** The same address, but object ids mean something else behind it. */
const elsewhere = (deps: WorkerDeps): WorkerDeps => ({ ...deps, engine: { ...deps.engine, clusterId: () => Promise.resolve("42") } });

describe("a replacement whose target is another one than was backed up", () => {
  const untouched = async ({ live }: Target, restoreId: string) => {
    expect(await markerOf(server, live.name)).toBe("live");
    expect(await kit.look(restoreId)).toMatchObject({ outcome: "removed", replacement: { answers: "old", keptName: null } });
  };

  it("because somebody gave the name to another database after the safety backup touches neither", async () => {
    const target = await kit.backedUp();
    const { name } = target.live;
    const stolen = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        inspectTarget: async (request, engineContext) => {
          await server.admin().unsafe(`alter database ${name} rename to ${name}_moved`);
          await server.admin().unsafe(`create database ${name} template ${name}_moved`);
          return deps.engine.inspectTarget(request, engineContext);
        },
      },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "target-changed" } });
      await untouched(target, restoreId);
    }, stolen);
    expect(await kit.databasesLike(name)).toEqual([name, `${name}_moved`]);
  });

  it("because the address leads to another server after the safety backup touches nothing", async () => {
    const target = await kit.backedUp();
    let asked = 0;
    const moved = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: { ...deps.engine, clusterId: async (...args) => ((asked += 1) === 1 ? deps.engine.clusterId(...args) : "42") },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "server-changed" } });
      await untouched(target, restoreId);
    }, moved);
  });

  it("because its safety backup became old before a worker was there touches nothing", async () => {
    const target = await kit.backedUp();
    const { run, restoreId } = await createRestore(kit.context, { ...none, params: {}, body: kit.order(target) });
    await kit.db
      .update(runs)
      .set({ state: "succeeded", backupId: target.backupId, finishedAt: sql`clock_timestamp() - interval '61 minutes'` })
      .where(eq(runs.id, run.afterRunId ?? ""));
    await kit.withWorker(async () => {
      expect((await untilEnded(kit.db, run.id)).error).toEqual({ code: "safety-backup-old", params: { minutes: 61 } });
      await untouched(target, restoreId);
    });
  });
});

it("believes nothing about what was kept while the address leads to another server", async () => {
  const target = await kit.backedUp();
  const { name } = target.live;
  const { restoreId } = await kit.withWorker(() => kit.replace(target));
  const keptName = (await kit.look(restoreId)).replacement?.keptName ?? "";
  const cleanUp = () => cleanUpReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName: keptName } });
  await kit.withWorker(async () => {
    const { id } = await cleanUp();
    expect((await untilEnded(kit.db, id)).error?.code).toBe("server-changed");
  }, elsewhere);
  expect((await kit.look(restoreId)).replacement).toMatchObject({ keptName, cleanedAt: null, undoBlocker: null, cleanUpBlocker: null });
  await kit.withWorker(async () => {
    const { id } = await undoReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName: name } });
    expect(await untilEnded(kit.db, id)).toMatchObject({ state: "succeeded" });
  });
  expect(await markerOf(server, name)).toBe("live");
});

it("keeps to a swap that was promised: a role that may not create databases any more does not load in place", async () => {
  const role = `limited_${randomBytes(4).toString("hex")}`;
  await kit.newRole(role, "login password 'limited'");
  const target = await kit.backedUp({}, role);
  const restorePasswordSealed = kit.context.keyring.seal("limited", restorePasswordContext(target.serverId));
  await kit.db.update(servers).set({ restoreUsername: role, restorePasswordSealed }).where(eq(servers.id, target.serverId));
  await kit.withWorker(async () => {
    const { ended, restoreId } = await kit.replace(target, { strategy: "swap" });
    expect(ended).toMatchObject({ state: "failed", error: { code: "target-cannot-create" } });
    expect(await kit.look(restoreId)).toMatchObject({ outcome: "removed", replacement: { answers: "old" } });
  });
  expect(await markerOf(server, target.live.name)).toBe("live");
});

it("asks for the second confirmation where another entry of the same server says production", async () => {
  const target = await kit.backedUp({ environment: "production" });
  const { serverId } = await addSource(kit.context, server, "something_else");
  const body = kit.order({ ...target, serverId }, { targetEnvironment: "development" });
  await expect(createRestore(kit.context, { ...none, params: {}, body })).rejects.toMatchObject({ code: "confirmation-production" });
});

it("lets nobody send a server's name elsewhere while a replacement works on it", async () => {
  const target = await kit.backedUp();
  const { run } = await createRestore(kit.context, { ...none, params: {}, body: kit.order(target) });
  const move = () =>
    updateServer(kit.context, { ...none, ifMatch: 1, params: { id: target.serverId }, body: { port: 1, password: "again" } });
  await expect(move()).rejects.toMatchObject({ code: "run-active", params: { runId: run.afterRunId } });
  await cancelRun(kit.context, { ...none, params: { id: run.id }, body: {} });
  expect(await move()).toMatchObject({ port: 1 });
});

it("promises no way back on a server that was removed, and lets go of the backup", async () => {
  const target = await kit.backedUp();
  const { restoreId } = await kit.withWorker(() => kit.replace(target));
  const remove = () =>
    deleteBackup(kit.context, { query: { dependents: "refuse", when: "now" }, ifMatch: 1, params: { id: target.backupId }, body: {} });
  await expect(remove()).rejects.toMatchObject({ code: "backup-kept-for-undo" });
  await kit.db.update(servers).set({ removedAt: new Date() }).where(eq(servers.id, target.serverId));
  const why = { params: { why: "serverRemoved" } };
  expect((await kit.look(restoreId)).replacement).toMatchObject({ undoBlocker: why, cleanUpBlocker: why });
  expect(await remove()).toMatchObject({ type: "delete" });
});
