import { eq } from "drizzle-orm";
import { expect } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import type { sources } from "#lib/db/schema/sources";
import { createBackup } from "#lib/services/backups/run-now";
import { getRestore } from "#lib/services/restores/get";
import { createRestore } from "#lib/services/restores/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testContext, type TestContext } from "./context.ts";
import { createCatalogue, type TestCatalogue, type TestServer } from "./postgres.ts";
import { createLive, type Live } from "./replaceable.ts";
import { restoreOrder } from "./restore-order.ts";
import { addSource, createStation, type Station, untilEnded } from "./worker-setup.ts";

const none = { query: {}, ifMatch: null } as const;

export type Target = { live: Live; serverId: string; sourceId: string; backupId: string };
export type OrderChange = Partial<Parameters<typeof restoreOrder>[0]>;

/** What tests about replacing databases of one server share: a catalogue, a station, databases to replace. */
export async function createReplaceKit(server: TestServer) {
  const test: TestCatalogue = await createCatalogue();
  const context: TestContext = testContext(test.catalogue);
  const station: Station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  const { db } = test.catalogue;
  const lives: Live[] = [];
  const roles: string[] = [];

  const withWorker = async <T>(work: () => Promise<T>, change?: (deps: WorkerDeps) => WorkerDeps): Promise<T> => {
    const worker = await station.startWorker(change === undefined ? {} : { change });
    try {
      return await work();
    } finally {
      await worker.stop();
    }
  };
  const newLive = async (owner?: string): Promise<Live> => {
    const live = await createLive(server, owner);
    lives.push(live);
    return live;
  };
  const order = ({ backupId, serverId, live }: Target, change: OrderChange = {}) =>
    restoreOrder({ backupId, serverId, database: live.name, mode: "replace", confirmName: live.name, jobs: 1, ...change });

  return {
    db,
    context,
    withWorker,
    newLive,
    order,
    /** A new role, dropped at the end. */
    newRole: async (role: string, more = "") => {
      await server.admin().unsafe(`create role ${role} ${more}`);
      roles.push(role);
    },
    /** A database with a backup, that was changed after it: the backup holds the mark `backup`, the database `live`. */
    backedUp: async (change: Partial<typeof sources.$inferInsert> = {}, owner?: string): Promise<Target> => {
      const live = await newLive(owner);
      const added = await addSource(context, server, live.name, change);
      const { id } = await createBackup(context, {
        ...none,
        params: {},
        body: { sourceId: added.sourceId, kind: "full", reason: "", note: "" },
      });
      const { backupId, error } = await withWorker(() => untilEnded(db, id));
      expect(error).toBeNull();
      await live.mark("live");
      return { live, ...added, backupId: backupId ?? "" };
    },
    /** Asks for a replacement and waits for its end. */
    replace: async (target: Target, change: OrderChange = {}) => {
      const { run, restoreId } = await createRestore(context, { ...none, params: {}, body: order(target, change) });
      return { ended: await untilEnded(db, run.id), restoreId, safetyRunId: run.afterRunId ?? "" };
    },
    look: (restoreId: string) => getRestore(context, { ...none, params: { id: restoreId }, body: {} }),
    databasesLike: async (name: string): Promise<string[]> => {
      const rows = await server.admin()<{ name: string }[]>`
        select datname as name from pg_database where starts_with(datname, ${name}) order by 1`;
      return rows.map((row) => row.name);
    },
    actionsOf: async (id: string): Promise<string[]> => {
      const events = await db.select().from(auditEvents).where(eq(auditEvents.targetId, id)).orderBy(auditEvents.at);
      return events.map((event) => event.action);
    },
    close: async () => {
      for (const live of lives) await live.drop();
      for (const role of roles) await server.admin().unsafe(`drop role ${role}`);
      await test.drop();
      await station.remove();
    },
  };
}

export type ReplaceKit = Awaited<ReturnType<typeof createReplaceKit>>;
