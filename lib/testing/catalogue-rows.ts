import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { destinations } from "#lib/db/schema/destinations";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { workers } from "#lib/db/schema/workers";
import { makeId, type Entity } from "#lib/domain/ids";
import { newUuid } from "#lib/services/new-uuid";
import { noProgress } from "#lib/services/runs/start";

/** Rows for tests of verbs that only read: as the executors would have left them. */
export const newId = (entity: Entity): string => makeId(entity, newUuid());

const byTest = { createdByType: "system", createdById: null, createdByName: "Lifeboat" } as const;

export async function insertServer(db: Database, change: Partial<typeof servers.$inferInsert> = {}): Promise<string> {
  const id = newId("server");
  const now = new Date();
  await db.insert(servers).values({
    id,
    slug: id,
    name: `Server ${id}`,
    host: "db.example.org",
    port: 5432,
    tlsMode: "prefer",
    username: "backup",
    maintenanceDatabase: "postgres",
    createdAt: now,
    updatedAt: now,
    ...change,
  });
  return id;
}

export async function insertSource(db: Database, serverId: string, change: Partial<typeof sources.$inferInsert> = {}): Promise<string> {
  const id = newId("source");
  const now = new Date();
  await db.insert(sources).values({
    id,
    slug: id,
    name: `Source ${id}`,
    engine: "postgres",
    serverId,
    database: id,
    environment: "development",
    createdAt: now,
    updatedAt: now,
    ...change,
  });
  return id;
}

export async function insertDestination(db: Database): Promise<string> {
  const id = newId("destination");
  await db.insert(destinations).values({ id, type: "local", name: "Local", config: { path: "/backups" }, createdAt: new Date() });
  return id;
}

/** A full backup in a chain of its own with one copy, stored, unless told otherwise. */
export async function insertBackup(
  db: Database,
  at: { sourceId: string; destinationId: string },
  change: Partial<typeof backups.$inferInsert> = {},
  copy: Partial<typeof copies.$inferInsert> = {},
): Promise<string> {
  const id = newId("backup");
  const chainId = change.chainId ?? newId("chain");
  const snapshotAt = change.snapshotAt ?? new Date();
  await db
    .insert(chains)
    .values({ id: chainId, sourceId: at.sourceId, seed: "00", averageSegmentBytes: 65_536, formatVersion: 1, createdAt: snapshotAt })
    .onConflictDoNothing();
  await db.insert(backups).values({
    id,
    sourceId: at.sourceId,
    chainId,
    kind: "full",
    state: "available",
    fencingToken: 1,
    trigger: "manual",
    database: "shop",
    snapshotAt,
    startedAt: snapshotAt,
    finishedAt: snapshotAt,
    streamBytes: 1000,
    storedBytes: 400,
    fileName: `shop_${id.slice(-8)}.dump.zst`,
    ...byTest,
    ...change,
  });
  await db.insert(copies).values({
    id: newId("copy"),
    backupId: id,
    sourceId: at.sourceId,
    destinationId: at.destinationId,
    state: "stored",
    storedAt: snapshotAt,
    ...copy,
  });
  return id;
}

export async function insertRun(db: Database, change: Partial<typeof runs.$inferInsert> = {}): Promise<string> {
  const id = newId("run");
  await db.insert(runs).values({
    id,
    type: "backup",
    state: "succeeded",
    subject: id,
    trigger: "manual",
    progress: noProgress,
    queuedAt: new Date(),
    ...byTest,
    ...change,
  });
  return id;
}

/** A worker that wrote its row just now, with the tools of PostgreSQL 15. */
export async function insertWorker(db: Database, change: Partial<typeof workers.$inferInsert> = {}): Promise<string> {
  const id = newId("worker");
  const now = new Date();
  await db.insert(workers).values({
    id,
    hostName: "host",
    pid: 1,
    group: "default",
    nodeVersion: "24",
    toolSets: [
      {
        major: 15,
        version: "15.20",
        path: "/usr/lib/postgresql/15/bin",
        tools: ["pg_dump", "pg_restore"],
        missing: [],
        hasServer: true,
        safeMinimum: "15.20",
        belowSafeMinimum: false,
        cure: null,
      },
    ],
    disks: [{ purpose: "backups", path: "/backups", freeBytes: 10_000_000_000, totalBytes: 20_000_000_000 }],
    startedAt: now,
    heartbeatAt: now,
    ...change,
  });
  return id;
}
