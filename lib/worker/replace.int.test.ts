import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { replacements } from "#lib/db/schema/replacements";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { cleanUpReplace } from "#lib/services/restores/clean-up";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { undoReplace } from "#lib/services/restores/undo";
import { loadRunDetail } from "#lib/services/runs/load";
import type { WorkerDeps } from "#lib/services/runs/work";
import { restorePasswordContext } from "#lib/services/servers/secrets";
import { getOverview } from "#lib/services/system/overview";
import { testActor } from "#lib/testing/context";
import { testServer } from "#lib/testing/postgres";
import { createReplaceKit, type OrderChange, type ReplaceKit, type Target } from "#lib/testing/replace-kit";
import { inDatabase, markerOf } from "#lib/testing/replaceable";
import { loadRun, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let kit: ReplaceKit;

beforeAll(async () => {
  kit = await createReplaceKit(server);
});

afterAll(async () => {
  await kit.close();
});

describe("replacing a database", () => {
  it("swaps it after a verified safety backup, keeps the old one, undoes in one step, and cleans up", async () => {
    const target = await kit.backedUp();
    const { live } = target;
    await kit.withWorker(async () => {
      const { ended, restoreId, safetyRunId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "succeeded", error: null, afterRunId: safetyRunId });
      expect(await markerOf(server, live.name)).toBe("backup");
      const replaced = await kit.look(restoreId);
      const keptName = replaced.replacement?.keptName ?? "";
      expect(keptName).toMatch(new RegExp(`^${live.name}_before_\\d{8}T\\d{6}Z$`));
      expect(replaced).toMatchObject({
        outcome: "replaced",
        comparison: { different: 0 },
        replacement: { strategy: "swap", answers: "new", undoBlocker: null, cleanUpBlocker: null, safetyRun: { trigger: "safety" } },
      });
      expect(await markerOf(server, keptName)).toBe("live");
      expect(await kit.databasesLike(live.name)).toEqual([live.name, keptName]);

      const safetyId = replaced.replacement?.safetyBackupId ?? "";
      const [copy] = await kit.db.select().from(copies).where(eq(copies.backupId, safetyId));
      expect(copy).toMatchObject({ state: "stored", failedAt: null });
      expect(copy?.verifiedAt).not.toBeNull();

      const undo = await undoReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName: live.name } });
      expect(await untilEnded(kit.db, undo.id)).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, live.name)).toBe("live");
      const undone = await kit.look(restoreId);
      const restoredName = undone.replacement?.restoredName ?? "";
      expect(undone.replacement).toMatchObject({ answers: "undone", undoBlocker: { code: "replace-not-undoable" }, cleanUpBlocker: null });
      expect(await markerOf(server, restoredName)).toBe("backup");
      expect(await kit.databasesLike(live.name)).toEqual([live.name, restoredName]);

      const clean = await cleanUpReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName: restoredName } });
      expect(await untilEnded(kit.db, clean.id)).toMatchObject({ state: "succeeded", error: null });
      expect(await kit.databasesLike(live.name)).toEqual([live.name]);
      expect((await kit.look(restoreId)).replacement).toMatchObject({ answers: "undone", cleanUpBlocker: { params: { why: "cleaned" } } });
      expect(await kit.actionsOf(restoreId)).toEqual([
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
    const target = await kit.backedUp();
    const other = await kit.newLive();
    await other.mark("other");
    const body = kit.order({ ...target, live: other });
    await expect(createRestore(kit.context, { ...none, params: {}, body })).rejects.toMatchObject({
      code: "confirmation-production",
      params: { database: other.name },
    });
    expect(await kit.db.select().from(sources).where(eq(sources.database, other.name))).toEqual([]);
    await kit.withWorker(async () => {
      const preview = await previewRestore(kit.context, { ...none, params: {}, body });
      expect(preview).toMatchObject({
        blockers: [],
        replace: { strategy: "swap", why: null, sourceId: null, environment: "production", needsProductionConfirmation: true, tables: 2 },
      });
      const { ended, restoreId } = await kit.replace({ ...target, live: other }, { confirmProduction: true });
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, other.name)).toBe("backup");
      const [made] = await kit.db.select().from(sources).where(eq(sources.database, other.name));
      expect(made).toMatchObject({ name: other.name, environment: "production", serverId: target.serverId });
      expect(await kit.actionsOf(made?.id ?? "")).toEqual(["source.create", "backup.start"]);
      expect((await kit.look(restoreId)).replacement?.safetyRun?.sourceId).toBe(made?.id);
    });
  });

  it.each<[string, OrderChange, string]>([
    ["another name", { confirmName: "live" }, "confirmation-mismatch"],
    ["no name", { confirmName: undefined }, "confirmation-mismatch"],
    ["only the data asked for", { content: "data" }, "replace-needs-all"],
    ["chosen tables", { tables: [{ schema: "public", table: "pets" }] }, "replace-needs-all"],
  ])("is refused with %s typed, and nothing begins", async (_, change, code) => {
    const live = { name: "live_refused", mark: () => Promise.resolve(), drop: () => Promise.resolve() };
    const [backup] = await kit.db.select().from(backups).limit(1);
    const [known] = await kit.db.select().from(servers).limit(1);
    const target = { live, serverId: known?.id ?? "", sourceId: "", backupId: backup?.id ?? "" };
    const before = await kit.db.select({ id: runs.id }).from(runs);
    await expect(createRestore(kit.context, { ...none, params: {}, body: kit.order(target, change) })).rejects.toMatchObject({ code });
    expect(await kit.db.select({ id: runs.id }).from(runs)).toEqual(before);
  });

  it("needs a permission of its own, as undo and clean-up do", async () => {
    const target = await kit.backedUp();
    const creator = { ...kit.context, actor: { ...testActor(), scopes: ["restores:create" as const] } };
    const refused = { code: "not-allowed", params: { permission: "restores:replace" } };
    await expect(createRestore(creator, { ...none, params: {}, body: kit.order(target) })).rejects.toMatchObject(refused);
    const typed = { ...none, params: { id: "rst_1" }, body: { confirmName: "x" } };
    await expect(undoReplace(creator, typed)).rejects.toMatchObject(refused);
    await expect(cleanUpReplace(creator, typed)).rejects.toMatchObject(refused);
  });

  it("takes everything along in the safety backup, also of a paused source that leaves things out", async () => {
    const target = await kit.backedUp();
    const pets = { schema: "public", table: "pets" };
    await kit.db
      .update(sources)
      .set({ pausedAt: new Date(), excludedTables: [pets] })
      .where(eq(sources.id, target.sourceId));
    await kit.withWorker(async () => {
      const { ended, safetyRunId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      const safety = await loadRun(kit.db, safetyRunId);
      const [backup] = await kit.db
        .select()
        .from(backups)
        .where(eq(backups.id, safety.backupId ?? ""));
      expect(backup).toMatchObject({ rowCount: 2001, trigger: "safety", manifest: { excludedTables: [] } });
    });
  });

  it("lets owner, grants, settings and comment follow", async () => {
    const owner = `owner_${randomBytes(4).toString("hex")}`;
    const reader = `reader_${randomBytes(4).toString("hex")}`;
    await kit.newRole(owner);
    await kit.newRole(reader);
    const target = await kit.backedUp({}, owner);
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
    await kit.withWorker(async () => {
      expect((await kit.replace(target)).ended).toMatchObject({ state: "succeeded", error: null });
    });
    expect(await markerOf(server, name)).toBe("backup");
    expect(await properties()).toEqual(before);
  });
});

describe("what was replaced", () => {
  it("cannot be undone behind a later replacement, only that one can; then the first again", async () => {
    const target = await kit.backedUp();
    const { name } = target.live;
    await kit.withWorker(async () => {
      const first = (await kit.replace(target)).restoreId;
      await target.live.mark("between");
      const second = (await kit.replace(target)).restoreId;
      expect((await kit.look(first)).replacement?.undoBlocker).toMatchObject({ code: "replace-not-undoable", params: { why: "later" } });
      const undo = async (id: string) => {
        const run = await undoReplace(kit.context, { ...none, params: { id }, body: { confirmName: name } });
        return untilEnded(kit.db, run.id);
      };
      await expect(undo(first)).rejects.toMatchObject({ code: "replace-not-undoable", params: { why: "later" } });
      expect(await undo(second)).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, name)).toBe("between");
      expect(await undo(first)).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, name)).toBe("live");
    });
  });

  it("is undone only with the name typed, one run at a time, and not when the kept one is gone", async () => {
    const target = await kit.backedUp();
    const { name } = target.live;
    const { restoreId } = await kit.withWorker(() => kit.replace(target));
    const keptName = (await kit.look(restoreId)).replacement?.keptName ?? "";
    const undo = (confirmName: string) => undoReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName } });
    const cleanUp = (confirmName: string) => cleanUpReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName } });
    await expect(undo(keptName)).rejects.toMatchObject({ code: "confirmation-mismatch", params: { expected: name } });
    await expect(cleanUp(name)).rejects.toMatchObject({ code: "confirmation-mismatch", params: { expected: keptName } });
    const { id } = await undo(name);
    const active = { code: "run-active", params: { runId: id, type: "undo-replace" } };
    await expect(cleanUp(keptName)).rejects.toMatchObject(active);
    await expect(createRestore(kit.context, { ...none, params: {}, body: kit.order(target) })).rejects.toMatchObject(active);
    expect((await kit.look(restoreId)).replacement).toMatchObject({ undoBlocker: active, cleanUpBlocker: active, followUp: { id } });
    await server.admin().unsafe(`drop database "${keptName}"`);
    await kit.withWorker(async () => {
      const ended = await untilEnded(kit.db, id);
      expect(ended).toMatchObject({ state: "failed", error: { code: "replace-not-undoable", params: { why: "gone" } } });
    });
    expect(await markerOf(server, name)).toBe("backup");
    expect((await kit.look(restoreId)).replacement).toMatchObject({ answers: "new", cleanUpBlocker: { params: { why: "cleaned" } } });
  });

  it("is asked about in the overview once it was kept for more than a week", async () => {
    const target = await kit.backedUp();
    const { restoreId } = await kit.withWorker(() => kit.replace(target));
    const asked = async () => {
      const { needsYou } = await getOverview(kit.context, { ...none, params: {}, body: {} });
      return needsYou.filter((need) => need.restoreId === restoreId);
    };
    expect(await asked()).toEqual([]);
    const keptName = (await kit.look(restoreId)).replacement?.keptName;
    const weekAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
    await kit.db.update(replacements).set({ replacedAt: weekAgo }).where(eq(replacements.restoreId, restoreId));
    expect(await asked()).toMatchObject([
      { code: "kept-database", sourceId: target.sourceId, database: target.live.name, keptName, since: weekAgo.toISOString() },
    ]);
  });

  it("is not removed when another database has got the kept name", async () => {
    const target = await kit.backedUp();
    const { restoreId } = await kit.withWorker(() => kit.replace(target));
    const keptName = (await kit.look(restoreId)).replacement?.keptName ?? "";
    await server.admin().unsafe(`alter database "${keptName}" rename to "${target.live.name}_aside"`);
    await server.admin().unsafe(`create database "${keptName}"`);
    const { id } = await cleanUpReplace(kit.context, { ...none, params: { id: restoreId }, body: { confirmName: keptName } });
    await kit.withWorker(async () => {
      expect(await untilEnded(kit.db, id)).toMatchObject({ state: "failed", error: { code: "replace-not-cleanable" } });
    });
    expect(await kit.databasesLike(target.live.name)).toEqual([target.live.name, `${target.live.name}_aside`, keptName].sort());
  });
});

describe("a role that may not create databases", () => {
  async function limited(): Promise<Target & { role: string }> {
    const role = `limited_${randomBytes(4).toString("hex")}`;
    await kit.newRole(role, "login password 'limited'");
    const target = await kit.backedUp({}, role);
    await kit.db
      .update(servers)
      .set({ restoreUsername: role, restorePasswordSealed: kit.context.keyring.seal("limited", restorePasswordContext(target.serverId)) })
      .where(eq(servers.id, target.serverId));
    return { ...target, role };
  }

  it("replaces the contents in one transaction, says why, and names the safety backup as the way back", async () => {
    const target = await limited();
    // The comparison reads the whole database, and so must be able to read this one as well.
    await inDatabase(server, target.live.name, (sql) =>
      sql.unsafe(`create table extra as select 1 as one; alter table extra owner to ${target.role}`),
    );
    await kit.withWorker(async () => {
      const preview = await previewRestore(kit.context, { ...none, params: {}, body: kit.order(target) });
      expect(preview).toMatchObject({
        blockers: [],
        replace: { strategy: "in-place", why: { code: "target-cannot-create" }, keptName: null, extraTables: ["public.extra"] },
      });
      const { ended, restoreId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, target.live.name)).toBe("backup");
      expect(await kit.databasesLike(target.live.name)).toEqual([target.live.name]);
      const detail = await kit.look(restoreId);
      expect(detail).toMatchObject({ outcome: "replaced", comparison: { different: 0 } });
      expect(detail.replacement).toMatchObject({
        strategy: "in-place",
        answers: "new",
        keptName: null,
        undoBlocker: { params: { why: "inPlace" } },
        cleanUpBlocker: { params: { why: "inPlace" } },
      });
      expect(detail.run.state).toBe("succeeded");
      const steps = (await loadRunDetail(kit.db, ended.id)).steps.filter((step) => step.state === "skipped").map((step) => step.code);
      expect(steps).toEqual(["create-database", "follow", "swap"]);
      // The way back is an ordinary replacement with the safety backup.
      const back = await kit.replace({ ...target, backupId: detail.replacement?.safetyBackupId ?? "" });
      expect(back.ended).toMatchObject({ state: "succeeded", error: null });
      expect(await markerOf(server, target.live.name)).toBe("live");
    });
  });

  it("leaves everything as it was when a statement fails", async () => {
    const target = await limited();
    // What the backup would drop is depended on by something that it does not know.
    await inDatabase(server, target.live.name, (sql) => sql`create view of_marker as select text from marker`);
    await kit.withWorker(async () => {
      const { ended, restoreId } = await kit.replace(target);
      expect(ended).toMatchObject({ state: "failed", error: { code: "restore-errors" } });
      expect(await markerOf(server, target.live.name)).toBe("live");
      expect((await kit.look(restoreId)).replacement).toMatchObject({ strategy: "in-place", answers: "old" });
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
      await kit.withWorker(async () => {
        const { ended, restoreId } = await kit.replace(target);
        expect(ended).toMatchObject({ state: "failed", error: { code: "connection-lost" } });
        expect(await markerOf(server, target.live.name)).toBe(isDone ? "backup" : "live");
        expect(await kit.look(restoreId)).toMatchObject({
          outcome: isDone ? "replaced" : "removed",
          replacement: { answers: isDone ? "new" : "old" },
        });
      }, lossy);
    }
  });
});
