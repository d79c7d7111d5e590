import { eq } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import { cleanUpReplace } from "#lib/services/restores/clean-up";
import { getRestore } from "#lib/services/restores/get";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { undoReplace } from "#lib/services/restores/undo";
import { cancelRun } from "#lib/services/runs/cancel";
import { loadRunDetail } from "#lib/services/runs/load";
import type { WorkerDeps } from "#lib/services/runs/work";
import { restorePasswordContext } from "#lib/services/servers/secrets";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { createLive, inDatabase, type Live, markerOf } from "#lib/testing/replaceable";
import { addSource, createStation, loadRun, type Station, untilEnded, untilStep } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let test: TestCatalogue;
let context: TestContext;
let station: Station;
const lives: Live[] = [];
const roles: string[] = [];
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterAll(async () => {
  for (const live of lives) await live.drop();
  for (const role of roles) await server.admin().unsafe(`drop role "${role}"`);
  await test.drop();
  await station.remove();
});

type Target = { live: Live; serverId: string; sourceId: string; backupId: string };

async function withWorker<T>(work: () => Promise<T>, change?: (deps: WorkerDeps) => WorkerDeps): Promise<T> {
  const worker = await station.startWorker(change === undefined ? {} : { change });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

/** A database with a backup, that was changed after it. */
async function backedUp(change: Partial<typeof sources.$inferInsert> = {}, owner?: string): Promise<Target> {
  const live = await createLive(server, owner);
  lives.push(live);
  const added = await addSource(context, server, live.name, change);
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId: added.sourceId, reason: "", note: "" } });
  const { backupId, error } = await withWorker(() => untilEnded(db(), id));
  expect(error).toBeNull();
  await live.mark("live");
  return { live, ...added, backupId: backupId ?? "" };
}

function order({ backupId, serverId, live }: Target, change: Partial<Parameters<typeof restoreOrder>[0]> = {}) {
  return restoreOrder({ backupId, serverId, database: live.name, mode: "replace", confirmName: live.name, jobs: 1, ...change });
}

async function replace(target: Target, change: Partial<Parameters<typeof restoreOrder>[0]> = {}) {
  const { run, restoreId } = await createRestore(context, { ...none, params: {}, body: order(target, change) });
  const ended = await untilEnded(db(), run.id);
  return { ended, restoreId, safetyRunId: run.afterRunId ?? "" };
}

const look = (restoreId: string) => getRestore(context, { ...none, params: { id: restoreId }, body: {} });
const databasesLike = async (name: string) =>
  (await server.admin()<{ name: string }[]>`select datname as name from pg_database where datname like ${`${name}%`} order by 1`).map(
    (row) => row.name,
  );
const actionsOf = async (id: string) =>
  (await db().select().from(auditEvents).where(eq(auditEvents.targetId, id)).orderBy(auditEvents.at)).map((event) => event.action);

describe("replacing a database", () => {
  it("swaps it after a verified safety backup, keeps the old one, undoes in one step, and cleans up", async () => {
    const target = await backedUp();
    const { live } = target;
    await withWorker(async () => {
      const { ended, restoreId, safetyRunId } = await replace(target);
      expect(ended).toMatchObject({ state: "succeeded", error: null, afterRunId: safetyRunId });
      expect(await markerOf(server, live.name)).toBe("backup");
      const replaced = await look(restoreId);
      const keptName = replaced.replacement?.keptName ?? "";
      expect(keptName).toMatch(new RegExp(`^${live.name}_before_\\d{8}T\\d{6}Z$`));
      expect(replaced).toMatchObject({
        outcome: "replaced",
        comparison: { different: 0 },
        replacement: { strategy: "swap", answers: "new", undoBlocker: null, cleanUpBlocker: null, safetyRun: { trigger: "safety" } },
      });
      expect(await markerOf(server, keptName)).toBe("live");
      expect(await databasesLike(live.name)).toEqual([live.name, keptName]);

      const safetyId = replaced.replacement?.safetyBackupId ?? "";
      const [copy] = await db().select().from(copies).where(eq(copies.backupId, safetyId));
      expect(copy).toMatchObject({ state: "stored", failedAt: null });
      expect(copy?.verifiedAt).not.toBeNull();

      const undo = await undoReplace(context, { ...none, params: { id: restoreId }, body: { confirmName: live.name } });
      expect(await untilEnded(db(), undo.id)).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, live.name)).toBe("live");
      const undone = await look(restoreId);
      const restoredName = undone.replacement?.restoredName ?? "";
      expect(undone.replacement).toMatchObject({ answers: "undone", undoBlocker: { code: "replace-not-undoable" }, cleanUpBlocker: null });
      expect(await markerOf(server, restoredName)).toBe("backup");
      expect(await databasesLike(live.name)).toEqual([live.name, restoredName]);

      const clean = await cleanUpReplace(context, { ...none, params: { id: restoreId }, body: { confirmName: restoredName } });
      expect(await untilEnded(db(), clean.id)).toMatchObject({ state: "succeeded", error: null });
      expect(await databasesLike(live.name)).toEqual([live.name]);
      expect((await look(restoreId)).replacement).toMatchObject({ answers: "undone", cleanUpBlocker: { params: { why: "cleaned" } } });
      expect(await actionsOf(restoreId)).toEqual([
        "restore.start",
        "restore.replace",
        "restore.undo-start",
        "restore.undo",
        "restore.clean-up-start",
        "restore.clean-up",
      ]);
    });
  });

  it("makes a source of a target that is none, counts it as production, and asks twice", async () => {
    const target = await backedUp();
    const other = await createLive(server);
    lives.push(other);
    await other.mark("other");
    const body = order({ ...target, live: other });
    await expect(createRestore(context, { ...none, params: {}, body })).rejects.toMatchObject({
      code: "confirmation-production",
      params: { database: other.name },
    });
    expect(await db().select().from(sources).where(eq(sources.database, other.name))).toEqual([]);
    await withWorker(async () => {
      const preview = await previewRestore(context, { ...none, params: {}, body });
      expect(preview).toMatchObject({
        blockers: [],
        replace: { strategy: "swap", why: null, sourceId: null, environment: "production", needsProductionConfirmation: true, tables: 2 },
      });
      const { ended, restoreId } = await replace({ ...target, live: other }, { confirmProduction: true });
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, other.name)).toBe("backup");
      const [made] = await db().select().from(sources).where(eq(sources.database, other.name));
      expect(made).toMatchObject({ name: other.name, environment: "production", serverId: target.serverId });
      expect(await actionsOf(made?.id ?? "")).toEqual(["source.create", "backup.start"]);
      expect((await look(restoreId)).replacement?.safetyRun?.sourceId).toBe(made?.id);
    });
  });

  it.each<[string, Parameters<typeof order>[1], string]>([
    ["another name", { confirmName: "live" }, "confirmation-mismatch"],
    ["no name", { confirmName: undefined }, "confirmation-mismatch"],
    ["only the data asked for", { content: "data" }, "replace-needs-all"],
    ["chosen tables", { tables: [{ schema: "public", table: "pets" }] }, "replace-needs-all"],
  ])("is refused with %s typed, and nothing begins", async (_, change, code) => {
    const live = { name: "live_refused", mark: () => Promise.resolve(), drop: () => Promise.resolve() };
    const [backup] = await db().select().from(backups).limit(1);
    const [known] = await db().select().from(servers).limit(1);
    const target = { live, serverId: known?.id ?? "", sourceId: "", backupId: backup?.id ?? "" };
    const before = await db().select({ id: runs.id }).from(runs);
    await expect(createRestore(context, { ...none, params: {}, body: order(target, change) })).rejects.toMatchObject({ code });
    expect(await db().select({ id: runs.id }).from(runs)).toEqual(before);
  });

  it("needs a permission of its own, as undo and clean-up do", async () => {
    const target = await backedUp();
    const creator = { ...context, actor: { ...testActor(), scopes: ["restores:create" as const] } };
    const refused = { code: "not-allowed", params: { permission: "restores:replace" } };
    await expect(createRestore(creator, { ...none, params: {}, body: order(target) })).rejects.toMatchObject(refused);
    const typed = { ...none, params: { id: "rst_1" }, body: { confirmName: "x" } };
    await expect(undoReplace(creator, typed)).rejects.toMatchObject(refused);
    await expect(cleanUpReplace(creator, typed)).rejects.toMatchObject(refused);
  });

  it("takes everything along in the safety backup, also of a paused source that leaves things out", async () => {
    const target = await backedUp();
    const pets = { schema: "public", table: "pets" };
    await db()
      .update(sources)
      .set({ pausedAt: new Date(), excludedTables: [pets] })
      .where(eq(sources.id, target.sourceId));
    await withWorker(async () => {
      const { ended, safetyRunId } = await replace(target);
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      const safety = await loadRun(db(), safetyRunId);
      const [backup] = await db()
        .select()
        .from(backups)
        .where(eq(backups.id, safety.backupId ?? ""));
      expect(backup).toMatchObject({ rowCount: 2001, trigger: "safety", manifest: { excludedTables: [] } });
    });
  });

  it("lets owner, grants, settings and comment follow", async () => {
    const owner = `owner_${randomBytes(4).toString("hex")}`;
    const reader = `reader_${randomBytes(4).toString("hex")}`;
    roles.push(owner, reader);
    await server.admin().unsafe(`create role ${owner}; create role ${reader}`);
    const target = await backedUp({}, owner);
    const { name } = target.live;
    await server.admin().unsafe(`
      revoke connect on database ${name} from public; grant connect on database ${name} to ${reader};
      alter database ${name} set work_mem to '7MB'; alter role ${reader} in database ${name} set search_path to 'a b', public;
      alter database ${name} connection limit 17; comment on database ${name} is 'the one that counts';
    `);
    const properties = () => server.admin()`
      select pg_get_userbyid(datdba) as owner, (select array_agg(x::text order by x::text) from unnest(datacl) x) as acl, datconnlimit,
        shobj_description(d.oid, 'pg_database') as comment,
        (select array_agg(s.setconfig::text order by s.setconfig::text) from pg_db_role_setting s where s.setdatabase = d.oid) as settings
      from pg_database d where datname = ${name}`;
    const before = await properties();
    expect(before[0]).toMatchObject({ owner, datconnlimit: 17, comment: "the one that counts" });
    await withWorker(async () => {
      expect((await replace(target)).ended).toMatchObject({ state: "succeeded", error: null });
    });
    expect(await markerOf(server, name)).toBe("backup");
    expect(await properties()).toEqual(before);
  });
});

describe("a replacement that cannot be", () => {
  const untouched = async ({ live }: Target, restoreId: string, outcome = "removed") => {
    expect(await markerOf(server, live.name)).toBe("live");
    expect(await look(restoreId)).toMatchObject({
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
          verifyPack: (pack) =>
            Promise.resolve({ checks: [], failure: { code: "pack-damaged", params: { key: pack.key, detail: "a flipped bit" } } }),
        },
      }),
    ],
  ])("because its safety backup %s touches nothing", async (_, change) => {
    const target = await backedUp();
    await withWorker(async () => {
      const { ended, restoreId, safetyRunId } = await replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "safety-backup-failed", params: { runId: safetyRunId } } });
      await untouched(target, restoreId);
    }, change);
    expect(await databasesLike(target.live.name)).toEqual([target.live.name]);
  });

  it.each([
    ["removes the sibling", false],
    ["keeps the sibling where that was asked for", true],
  ])("because its copy differs is not swapped and %s", async (_, keepOnFailure) => {
    const target = await backedUp();
    const spoilt = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        digestCopy: async (request, engineContext) =>
          (await deps.engine.digestCopy(request, engineContext)).map((table) => ({ ...table, sha256: "ab".repeat(32) })),
      },
    });
    await withWorker(async () => {
      const { ended, restoreId } = await replace(target, { keepOnFailure });
      expect(ended).toMatchObject({ state: "failed", error: { code: "restore-differs" } });
      await untouched(target, restoreId, keepOnFailure ? "kept-after-failure" : "removed");
    }, spoilt);
    expect(await databasesLike(target.live.name)).toHaveLength(keepOnFailure ? 2 : 1);
  });

  it("because another database has got the name meanwhile leaves that one alone", async () => {
    const target = await backedUp();
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
    await withWorker(async () => {
      const { ended, restoreId } = await replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "target-changed" } });
      expect((await look(restoreId)).run.warnings.join()).toContain("is another one than before");
      await untouched(target, restoreId);
    }, stolen);
    expect(await databasesLike(name)).toEqual([name, `${name}_moved`]);
  });

  it.each([
    ["lost after they were done", true, "succeeded"],
    ["lost before they were done", false, "failed"],
  ])("whose connection during the renames was %s says what the server says", async (_, isDone, state) => {
    const target = await backedUp();
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
    await withWorker(async () => {
      const { ended, restoreId } = await replace(target);
      expect(ended.state).toBe(state);
      if (!isDone) return untouched(target, restoreId);
      expect(await markerOf(server, target.live.name)).toBe("backup");
      expect((await look(restoreId)).replacement).toMatchObject({ answers: "new", undoBlocker: null });
    }, lossy);
  });

  it("because it was cancelled while it waited takes its safety backup along", async () => {
    const target = await backedUp();
    const { run, restoreId } = await createRestore(context, { ...none, params: {}, body: order(target) });
    expect(run).toMatchObject({ state: "queued", afterRunId: expect.stringMatching(/^run_/) as string });
    await cancelRun(context, { ...none, params: { id: run.id }, body: {} });
    expect(await loadRun(db(), run.afterRunId ?? "")).toMatchObject({ state: "cancelled", error: { code: "run-cancelled" } });
    await withWorker(() => expect.poll(async () => (await look(restoreId)).outcome, { timeout: 10_000 }).toBe("removed"));
    await untouched(target, restoreId);
  });

  it("waits for its safety backup and is not begun before, nor can what it needs be removed", async () => {
    const target = await backedUp();
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
    await withWorker(async () => {
      const { run } = await createRestore(context, { ...none, params: {}, body: order(target) });
      await untilStep(db(), run.afterRunId ?? "", "reread");
      expect(await loadRun(db(), run.id)).toMatchObject({ state: "queued", startedAt: null });
      await expect(createRestore(context, { ...none, params: {}, body: order(target) })).rejects.toMatchObject({ code: "run-active" });
      const [backup] = await db().select().from(backups).where(eq(backups.id, target.backupId));
      const removal = { params: { id: target.backupId }, query: {}, body: {}, ifMatch: backup?.version ?? 0 };
      await expect(deleteBackup(context, removal)).rejects.toMatchObject({ code: "chain-locked", params: { by: run.id } });
      release();
      expect(await untilEnded(db(), run.id)).toMatchObject({ state: "succeeded", error: null });
      await expect(deleteBackup(context, removal)).rejects.toMatchObject({ code: "backup-kept-for-undo" });
    }, slow);
  });

  it("is told the backup that already runs", async () => {
    const target = await backedUp();
    const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId: target.sourceId, reason: "", note: "" } });
    await expect(createRestore(context, { ...none, params: {}, body: order(target) })).rejects.toMatchObject({
      code: "run-active",
      params: { runId: id, type: "backup" },
    });
    await cancelRun(context, { ...none, params: { id }, body: {} });
  });
});

describe("what was replaced", () => {
  it("cannot be undone behind a later replacement, only that one can; then the first again", async () => {
    const target = await backedUp();
    const { name } = target.live;
    await withWorker(async () => {
      const first = (await replace(target)).restoreId;
      await target.live.mark("between");
      const second = (await replace(target)).restoreId;
      expect((await look(first)).replacement?.undoBlocker).toMatchObject({ code: "replace-not-undoable", params: { why: "later" } });
      const undo = async (id: string) => {
        const run = await undoReplace(context, { ...none, params: { id }, body: { confirmName: name } });
        return untilEnded(db(), run.id);
      };
      await expect(undo(first)).rejects.toMatchObject({ code: "replace-not-undoable", params: { why: "later" } });
      expect(await undo(second)).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, name)).toBe("between");
      expect(await undo(first)).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, name)).toBe("live");
    });
  });

  it("is undone only with the name typed, one run at a time, and not when the kept one is gone", async () => {
    const target = await backedUp();
    const { name } = target.live;
    const { restoreId } = await withWorker(() => replace(target));
    const keptName = (await look(restoreId)).replacement?.keptName ?? "";
    const undo = (confirmName: string) => undoReplace(context, { ...none, params: { id: restoreId }, body: { confirmName } });
    const cleanUp = (confirmName: string) => cleanUpReplace(context, { ...none, params: { id: restoreId }, body: { confirmName } });
    await expect(undo(keptName)).rejects.toMatchObject({ code: "confirmation-mismatch", params: { expected: name } });
    await expect(cleanUp(name)).rejects.toMatchObject({ code: "confirmation-mismatch", params: { expected: keptName } });
    const { id } = await undo(name);
    const active = { code: "run-active", params: { runId: id, type: "undo-replace" } };
    await expect(cleanUp(keptName)).rejects.toMatchObject(active);
    await expect(createRestore(context, { ...none, params: {}, body: order(target) })).rejects.toMatchObject(active);
    expect((await look(restoreId)).replacement).toMatchObject({ undoBlocker: active, cleanUpBlocker: active, followUp: { id } });
    await server.admin().unsafe(`drop database "${keptName}"`);
    await withWorker(async () => {
      const ended = await untilEnded(db(), id);
      expect(ended).toMatchObject({ state: "failed", error: { code: "replace-not-undoable", params: { why: "gone" } } });
    });
    expect(await markerOf(server, name)).toBe("backup");
    expect((await look(restoreId)).replacement).toMatchObject({ answers: "new", cleanUpBlocker: { params: { why: "cleaned" } } });
  });

  it("is not removed when another database has got the kept name", async () => {
    const target = await backedUp();
    const { restoreId } = await withWorker(() => replace(target));
    const keptName = (await look(restoreId)).replacement?.keptName ?? "";
    await server.admin().unsafe(`alter database "${keptName}" rename to "${target.live.name}_aside"`);
    await server.admin().unsafe(`create database "${keptName}"`);
    const { id } = await cleanUpReplace(context, { ...none, params: { id: restoreId }, body: { confirmName: keptName } });
    await withWorker(async () => {
      expect(await untilEnded(db(), id)).toMatchObject({ state: "failed", error: { code: "replace-not-cleanable" } });
    });
    expect(await databasesLike(target.live.name)).toEqual([target.live.name, `${target.live.name}_aside`, keptName].sort());
  });
});

describe("a role that may not create databases", () => {
  async function limited(): Promise<Target> {
    const role = `limited_${randomBytes(4).toString("hex")}`;
    roles.push(role);
    await server.admin().unsafe(`create role ${role} login password 'limited'`);
    const target = await backedUp({}, role);
    await db()
      .update(servers)
      .set({ restoreUsername: role, restorePasswordSealed: context.keyring.seal("limited", restorePasswordContext(target.serverId)) })
      .where(eq(servers.id, target.serverId));
    return target;
  }

  it("replaces the contents in one transaction, says why, and names the safety backup as the way back", async () => {
    const target = await limited();
    // The comparison reads the whole database, and so must be able to read this one as well.
    await inDatabase(server, target.live.name, (sql) =>
      sql.unsafe(`create table extra as select 1 as one; alter table extra owner to ${roles.at(-1)}`),
    );
    await withWorker(async () => {
      const preview = await previewRestore(context, { ...none, params: {}, body: order(target) });
      expect(preview).toMatchObject({
        blockers: [],
        replace: { strategy: "in-place", why: { code: "target-cannot-create" }, keptName: null, extraTables: ["public.extra"] },
      });
      const { ended, restoreId } = await replace(target);
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, target.live.name)).toBe("backup");
      expect(await databasesLike(target.live.name)).toEqual([target.live.name]);
      const detail = await look(restoreId);
      expect(detail).toMatchObject({ outcome: "replaced", comparison: { different: 0 } });
      expect(detail.replacement).toMatchObject({
        strategy: "in-place",
        answers: "new",
        keptName: null,
        undoBlocker: { params: { why: "inPlace" } },
        cleanUpBlocker: { params: { why: "inPlace" } },
      });
      expect(detail.run.state).toBe("succeeded");
      const steps = (await loadRunDetail(db(), ended.id)).steps.filter((step) => step.state === "skipped").map((step) => step.code);
      expect(steps).toEqual(["create-database", "follow", "swap"]);
      // The way back is an ordinary replacement with the safety backup.
      const back = await replace({ ...target, backupId: detail.replacement?.safetyBackupId ?? "" });
      expect(back.ended).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, target.live.name)).toBe("live");
    });
  });

  it("leaves everything as it was when a statement fails", async () => {
    const target = await limited();
    // What the backup would drop is depended on by something that it does not know.
    await inDatabase(server, target.live.name, (sql) => sql`create view of_marker as select text from marker`);
    await withWorker(async () => {
      const { ended, restoreId } = await replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "restore-errors" } });
      expect(await markerOf(server, target.live.name)).toBe("live");
      expect((await look(restoreId)).replacement).toMatchObject({ strategy: "in-place", answers: "old" });
    });
  });

  it("is told by the tables' own ids whether the transaction was committed, when its answer was lost", async () => {
    for (const isDone of [true, false]) {
      const target = await limited();
      const lossy = (deps: WorkerDeps): WorkerDeps => ({
        ...deps,
        engine: {
          ...deps.engine,
          loadInPlace: async (...args) => {
            if (isDone) await deps.engine.loadInPlace(...args);
            throw new LifeboatError("connection-lost", { host: "", port: 0 });
          },
        },
      });
      await withWorker(async () => {
        const { ended, restoreId } = await replace(target);
        expect(ended).toMatchObject({ state: "failed", error: { code: "connection-lost" } });
        expect(await markerOf(server, target.live.name)).toBe(isDone ? "backup" : "live");
        expect(await look(restoreId)).toMatchObject({
          outcome: isDone ? "replaced" : "removed",
          replacement: { answers: isDone ? "new" : "old" },
        });
      }, lossy);
    }
  });
});
