import { eq } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { expect, vi } from "vitest";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { servers } from "#lib/db/schema/servers";
import { createBackup } from "#lib/services/backups/run-now";
import { cleanUpReplace } from "#lib/services/restores/clean-up";
import { createRestore } from "#lib/services/restores/start";
import { restorePasswordContext } from "#lib/services/servers/secrets";
import { undoReplace } from "#lib/services/restores/undo";
import type { KillGround } from "./kill-ground.ts";
import type { KillKind } from "./kill-kinds.ts";
import { type NameWatch, watchName } from "./name-watch.ts";
import { testServer } from "./postgres.ts";
import { createLive, inDatabase, type Live, markerOf } from "./replaceable.ts";
import { restoreOrder } from "./restore-order.ts";
import { addSource, loadRun, untilEnded } from "./worker-setup.ts";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A swap takes a lock, ends sessions and renames: that long at most a name may be nobody's for whoever connects, on a busy machine. */
const swapMs = 10_000;

type Prepared = { live: Live; serverId: string; backupId: string };
type Replaceable = ReturnType<typeof createReplaceable>;

/** A database to replace, with a backup of an earlier state: it holds the mark `backup`, the database `live`. Made when first asked for. */
function createReplaceable({ db, context, onClose }: KillGround, role: string | null = null) {
  let made: Promise<Prepared> | null = null;

  /** What the worker that never dies does. */
  const bySweeper = async <T>(serverId: string, work: () => Promise<T>): Promise<T> => {
    const of = eq(servers.id, serverId);
    await db.update(servers).set({ workerGroup: "sweeper" }).where(of);
    try {
      return await work();
    } finally {
      await db.update(servers).set({ workerGroup: "default" }).where(of);
    }
  };
  const make = async (): Promise<Prepared> => {
    if (role !== null) await server.admin().unsafe(`create role ${role} login password 'limited'`);
    const live = await createLive(server, role ?? undefined);
    onClose(async () => {
      await live.drop();
      if (role !== null) await server.admin().unsafe(`drop role ${role}`);
    });
    const { serverId, sourceId } = await addSource(context, server, live.name);
    if (role !== null) {
      const restorePasswordSealed = context.keyring.seal("limited", restorePasswordContext(serverId));
      await db.update(servers).set({ restoreUsername: role, restorePasswordSealed }).where(eq(servers.id, serverId));
    }
    const run = await bySweeper(serverId, async () => {
      const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
      return untilEnded(db, id);
    });
    await live.mark("live");
    return { live, serverId, backupId: run.backupId ?? "" };
  };
  const ready = () => (made ??= make());
  const rowsOf = async (restoreId: string) => {
    const [row] = await db
      .select({ restore: restores, replacement: replacements })
      .from(replacements)
      .innerJoin(restores, eq(restores.id, replacements.restoreId))
      .where(eq(restores.id, restoreId));
    if (row === undefined) throw new Error(`no replacement ${restoreId}`);
    return row;
  };

  return {
    bySweeper,
    ready,
    /** Asks for a replacement; gives the ids of the run and the restore. */
    replace: async (): Promise<{ runId: string; restoreId: string }> => {
      const { live, serverId, backupId } = await ready();
      const body = restoreOrder({ backupId, serverId, database: live.name, mode: "replace", confirmName: live.name, jobs: 1 });
      const { run, restoreId } = await createRestore(context, { ...none, params: {}, body });
      return { runId: run.id, restoreId };
    },
    databases: async (): Promise<string[]> => {
      const { live } = await ready();
      const rows = await server.admin()<{ name: string }[]>`
        select datname as name from pg_database where starts_with(datname, ${live.name}) order by 1`;
      return rows.map((row) => row.name);
    },
    /** The rows once nothing about them is open any more. */
    settled: async (restoreId: string) => {
      await vi.waitFor(
        async () => {
          const { restore, replacement } = await rowsOf(restoreId);
          if (replacement.answers === "unsettled" || restore.facts["cleaning"] === true) throw new Error(`${restoreId} is still open`);
        },
        { timeout: 30_000, interval: 50 },
      );
      return rowsOf(restoreId);
    },
  };
}

async function expectSeen(watch: NameWatch | null, allowed: readonly string[]): Promise<void> {
  if (watch === null) return;
  const { answers, longestGoneMs } = await watch.stop();
  expect([...answers].filter((answer) => !allowed.includes(answer))).toEqual([]);
  expect(longestGoneMs).toBeLessThan(swapMs);
}

/** Starts replacements while somebody reads what answers under the name; once settled, it must have been one of the two, all the time. */
function watchedReplacement(target: Replaceable) {
  let restoreId = "";
  let watch: NameWatch | null = null;
  return {
    start: async () => {
      const { live } = await target.ready();
      watch = watchName(server, live.name);
      const started = await target.replace();
      ({ restoreId } = started);
      return started.runId;
    },
    settled: async () => {
      const rows = await target.settled(restoreId);
      await expectSeen(watch, ["live", "backup"]);
      return rows;
    },
  };
}

/** At any moment either the old or the new database answers under the name, whole; the row says which. */
export function replaceKind(ground: KillGround): KillKind {
  const target = createReplaceable(ground);
  const watched = watchedReplacement(target);
  return {
    name: "replace",
    workers: "mortals",
    prepare: async () => void (await target.ready()),
    start: watched.start,
    judge: async (runId) => {
      const { live } = await target.ready();
      const { restore, replacement } = await watched.settled();
      const mark = await markerOf(server, live.name);
      const { answers, keptName } = replacement;
      const left = await target.databases();
      const isNew = { answers: "new", outcome: "replaced", left: [live.name, keptName] };
      const isOld = { answers: "old", outcome: "removed", left: [live.name] };
      expect({ answers, outcome: restore.outcome, left }).toEqual(mark === "backup" ? isNew : isOld);
      if ((await loadRun(ground.db, runId)).state === "succeeded") expect(answers).toBe("new");
      if (answers !== "new") return;
      expect(await markerOf(server, keptName ?? "")).toBe("live");
      await server.admin().unsafe(`drop database ${quoted(live.name)} with (force)`);
      await server.admin().unsafe(`alter database ${quoted(keptName ?? "")} rename to ${quoted(live.name)}`);
    },
  };
}

/** In one transaction of a role that may not create databases: all of the old contents, or all of the new ones. */
export function inPlaceKind(ground: KillGround): KillKind {
  const target = createReplaceable(ground, `limited_${randomBytes(4).toString("hex")}`);
  const watched = watchedReplacement(target);
  return {
    name: "in-place",
    workers: "mortals",
    prepare: async () => void (await target.ready()),
    start: watched.start,
    judge: async (runId) => {
      const { live } = await target.ready();
      const { restore, replacement } = await watched.settled();
      const isNew = (await markerOf(server, live.name)) === "backup";
      expect({ answers: replacement.answers, outcome: restore.outcome, left: await target.databases() }).toEqual({
        answers: isNew ? "new" : "old",
        outcome: isNew ? "replaced" : "removed",
        left: [live.name],
      });
      if ((await loadRun(ground.db, runId)).state === "succeeded") expect(isNew).toBe(true);
      if (isNew) await live.mark("live");
    },
  };
}

/** One replacement that the worker which never dies has done. */
async function replacedOnce(target: Replaceable, db: KillGround["db"]): Promise<string> {
  const { serverId } = await target.ready();
  return target.bySweeper(serverId, async () => {
    const { runId, restoreId } = await target.replace();
    expect(await untilEnded(db, runId)).toMatchObject({ state: "succeeded", error: null });
    return restoreId;
  });
}

/** The names are swapped back, or not; whatever is not under the name is kept beside it. */
export function undoKind(ground: KillGround): KillKind {
  const { db, context } = ground;
  const target = createReplaceable(ground);
  let restoreId: Promise<string> | null = null;
  let watch: NameWatch | null = null;
  return {
    name: "undo",
    workers: "mortals",
    prepare: async () => void (await (restoreId ??= replacedOnce(target, db))),
    start: async () => {
      const { live } = await target.ready();
      const id = (await restoreId) ?? "";
      watch = watchName(server, live.name);
      return (await undoReplace(context, { ...none, params: { id }, body: { confirmName: live.name } })).id;
    },
    judge: async (runId) => {
      const { live } = await target.ready();
      const { replacement } = await target.settled((await restoreId) ?? "");
      await expectSeen(watch, ["live", "backup"]);
      const mark = await markerOf(server, live.name);
      const { answers, keptName, restoredName } = replacement;
      expect({ answers, left: await target.databases() }).toEqual(
        mark === "live" ? { answers: "undone", left: [live.name, restoredName] } : { answers: "new", left: [live.name, keptName] },
      );
      if ((await loadRun(db, runId)).state === "succeeded") expect(answers).toBe("undone");
      if (answers !== "undone") return;
      const rename = (from: string, to: string) => server.admin().unsafe(`alter database ${quoted(from)} rename to ${quoted(to)}`);
      await rename(live.name, keptName ?? "");
      await rename(restoredName ?? "", live.name);
      await db
        .update(replacements)
        .set({ answers: "new", undoneAt: null, restoredName: null })
        .where(eq(replacements.restoreId, replacement.restoreId));
    },
  };
}

/** What was kept is there whole, or gone and told so; the one that answers is never touched. */
export function cleanUpKind(ground: KillGround): KillKind {
  const { db, context, test } = ground;
  const target = createReplaceable(ground);
  let restoreId: Promise<string> | null = null;
  let keptName = "";
  return {
    name: "clean-up",
    workers: "mortals",
    prepare: async () => void (await (restoreId ??= replacedOnce(target, db))),
    start: async () => {
      const id = (await restoreId) ?? "";
      keptName = (await target.settled(id)).replacement.keptName ?? "";
      return (await cleanUpReplace(context, { ...none, params: { id }, body: { confirmName: keptName } })).id;
    },
    judge: async (runId) => {
      const { live } = await target.ready();
      const id = (await restoreId) ?? "";
      const { replacement } = await target.settled(id);
      expect(await markerOf(server, live.name)).toBe("backup");
      const isGone = !(await target.databases()).includes(keptName);
      expect({ isGone, cleaned: replacement.cleanedAt !== null }).toEqual({ isGone, cleaned: isGone });
      const told = await test.catalogue.sql`
        select 1 from lifeboat.audit_events where action = 'restore.clean-up' and target_id = ${id} and before ->> 'runId' = ${runId}`;
      expect(told).toHaveLength(isGone ? 1 : 0);
      if (!isGone) return expect(await markerOf(server, keptName)).toBe("live");
      await server.admin().unsafe(`create database ${quoted(keptName)} template ${quoted(live.name)}`);
      await inDatabase(server, keptName, (sql) => sql`update marker set text = 'live'`);
      const [row] = await server.admin()<{ oid: string }[]>`select oid::text from pg_database where datname = ${keptName}`;
      await db
        .update(replacements)
        .set({ cleanedAt: null, oldOid: Number(row?.oid) })
        .where(eq(replacements.restoreId, id));
    },
  };
}
