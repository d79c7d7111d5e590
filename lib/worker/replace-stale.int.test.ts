import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import type { CommitGuard } from "#lib/engines/port";
import { createRestore } from "#lib/services/restores/start";
import { undoReplace } from "#lib/services/restores/undo";
import type { WorkerDeps } from "#lib/services/runs/work";
import { restorePasswordContext } from "#lib/services/servers/secrets";
import { testServer } from "#lib/testing/postgres";
import { createReplaceKit, type ReplaceKit } from "#lib/testing/replace-kit";
import { markerOf } from "#lib/testing/replaceable";
import { loadRun } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let kit: ReplaceKit;

beforeAll(async () => {
  kit = await createReplaceKit(server);
});

afterAll(async () => {
  await kit.close();
});

/**
 * A worker that was stopped right before its renames and continued when others had taken and settled its run: it has noticed nothing
 * yet. `guard` chooses what becomes of its last word before the commit.
 */
const stale = (settled: () => Promise<void>, guard: (own: CommitGuard | undefined) => CommitGuard | undefined = (own) => own) => {
  let tried: (error: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => (tried = resolve));
  const change = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: {
      ...deps.engine,
      renameDatabases: async (address, renames, engineContext, own) => {
        const runId = engineContext.applicationName.replace("lifeboat-", "");
        await kit.db.update(runs).set({ state: "failed", finishedAt: new Date(), leaseExpiresAt: null }).where(eq(runs.id, runId));
        await settled();
        const unaware = { ...engineContext, signal: new AbortController().signal };
        const result = deps.engine.renameDatabases(address, renames, unaware, guard(own));
        tried(
          await result.then(
            () => null,
            (error: unknown) => error,
          ),
        );
        return result;
      },
    },
  });
  return { change, ended };
};

describe("a worker that comes back after its run was taken", () => {
  const outcomeOf = async (restoreId: string) => (await kit.db.select().from(restores).where(eq(restores.id, restoreId)))[0]?.outcome;
  const start = async (keepOnFailure: boolean) => {
    const target = await kit.backedUp();
    let restoreId = "";
    const settled = () => expect.poll(() => outcomeOf(restoreId)).toBe(keepOnFailure ? "kept-after-failure" : "removed");
    return { target, settled, asked: (id: string) => (restoreId = id) };
  };

  it("cannot swap any more, not even where the copy was kept", async () => {
    const { target, settled, asked } = await start(true);
    const { change, ended } = stale(settled);
    await kit.withWorker(async () => {
      const body = kit.order(target, { keepOnFailure: true });
      const { restoreId } = await createRestore(kit.context, { ...none, params: {}, body });
      asked(restoreId);
      expect(await ended).toMatchObject({ code: "lease-lost" });
      await expect.poll(async () => (await kit.look(restoreId)).replacement?.answers).toBe("old");
      expect(await kit.look(restoreId)).toMatchObject({ outcome: "kept-after-failure", replacement: { replacedAt: null } });
    }, change);
    expect(await markerOf(server, target.live.name)).toBe("live");
  });

  it.each([
    ["cannot undo any more", false, "lease-lost", "backup", "new"],
    ["and undoes all the same is told by the next sweep", true, undefined, "live", "undone"],
  ] as const)("%s", async (_, unguarded, code, marker, answers) => {
    const target = await kit.backedUp();
    const { restoreId } = await kit.withWorker(() => kit.replace(target));
    const answered = async () => (await kit.look(restoreId)).replacement?.answers;
    const settled = () => expect.poll(answered).toBe("new");
    const { change, ended } = stale(settled, unguarded ? () => undefined : undefined);
    await kit.withWorker(async () => {
      const { id } = await undoReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName: target.live.name } });
      expect(((await ended) as { code?: string } | null)?.code).toBe(code);
      await expect.poll(answered).toBe(answers);
      expect((await loadRun(kit.db, id)).state).toBe("failed");
    }, change);
    expect(await markerOf(server, target.live.name)).toBe(marker);
    const { replacement } = await kit.look(restoreId);
    const kept = (answers === "undone" ? replacement?.restoredName : replacement?.keptName) ?? "";
    expect(await kit.databasesLike(target.live.name)).toEqual([target.live.name, kept]);
  });

  it("and has loaded in place all the same is told by the next sweep", async () => {
    const role = `limited_${randomBytes(4).toString("hex")}`;
    await kit.newRole(role, "login password 'limited'");
    const target = await kit.backedUp({}, role);
    const restorePasswordSealed = kit.context.keyring.seal("limited", restorePasswordContext(target.serverId));
    await kit.db.update(servers).set({ restoreUsername: role, restorePasswordSealed }).where(eq(servers.id, target.serverId));
    let restoreId = "";
    const late = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        loadInPlace: async (path, request, onEntry, engineContext) => {
          const runId = engineContext.applicationName.replace("lifeboat-", "");
          await kit.db.update(runs).set({ state: "failed", finishedAt: new Date(), leaseExpiresAt: null }).where(eq(runs.id, runId));
          await expect.poll(() => outcomeOf(restoreId)).toBe("removed");
          return deps.engine.loadInPlace(path, request, onEntry, { ...engineContext, signal: new AbortController().signal });
        },
      },
    });
    await kit.withWorker(async () => {
      ({ restoreId } = await createRestore(kit.context, { ...none, params: {}, body: kit.order(target) }));
      await expect.poll(async () => (await kit.look(restoreId)).replacement?.answers).toBe("new");
    }, late);
    expect(await markerOf(server, target.live.name)).toBe("backup");
  });

  it("after somebody gave the name away behind its swap: the old database is found under its new name", async () => {
    const target = await kit.backedUp();
    const { name } = target.live;
    const lost = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        renameDatabases: async (...args) => {
          await deps.engine.renameDatabases(...args);
          await server.admin().unsafe(`alter database ${name} rename to ${name}_moved`);
          await server.admin().unsafe(`create database ${name}`);
          throw new LifeboatError("connection-lost", { host: server.host, port: server.port });
        },
      },
    });
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target);
      expect(ended.state).toBe("failed");
      const { replacement, run } = await kit.look(restoreId);
      expect(run.warnings.join()).toContain("is another one than before");
      expect(await markerOf(server, replacement?.keptName ?? "")).toBe("live");
    }, lost);
  });
});
