import { and, asc, desc, eq } from "drizzle-orm";
import type { ReadPlanDto } from "#lib/contracts/restores";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { destinations } from "#lib/db/schema/destinations";
import { packs } from "#lib/db/schema/packs";
import { LifeboatError } from "#lib/domain/error";
import { loadEstimate } from "./past-restores.ts";
import type { RestoreOrder } from "./resolve-order.ts";

type Tx = Database | Transaction;
type PackRead = ReadPlanDto["packs"][number];

/** What the catalogue knows of a restore's reading; `missing` are keys that storage was asked for in vain. */
export async function loadReadPlan(
  db: Tx,
  order: RestoreOrder,
  missing: ReadonlySet<string>,
): Promise<Omit<ReadPlanDto, "changes" | "changesProblem">> {
  const { backup, source } = order;
  const wantedAt = order.wantedAt ?? backup.snapshotAt;
  const [needed, own, destination] = await Promise.all([loadNeeded(db, backup.id), loadOwn(db, order), loadDestination(db, backup.id)]);
  const read = [...needed, own];
  for (const pack of read) pack.present &&= !missing.has(pack.key);
  return {
    wantedAt: wantedAt.toISOString(),
    snapshotAt: backup.snapshotAt.toISOString(),
    gapSeconds: Math.floor((wantedAt.getTime() - backup.snapshotAt.getTime()) / 1000),
    chainId: backup.chainId,
    kind: backup.kind,
    packs: read,
    ...destination,
    readBytes: read.reduce((sum, { readBytes }) => sum + readBytes, 0),
    estimate: await loadEstimate(db, { bytes: backup.streamBytes, sourceId: source.id, engine: source.engine }),
  };
}

/** Packs of other backups, in the order of the chain; those whose backup is gone come first, under their key. */
async function loadNeeded(db: Tx, backupId: string): Promise<PackRead[]> {
  const rows = await db
    .select({
      dependency: backupDependencies,
      pack: { bytes: packs.bytes },
      backup: { kind: backups.kind, snapshotAt: backups.snapshotAt },
    })
    .from(backupDependencies)
    .leftJoin(packs, eq(packs.id, backupDependencies.packId))
    .leftJoin(backups, eq(backups.id, backupDependencies.needsId))
    .where(and(eq(backupDependencies.backupId, backupId), eq(backupDependencies.reason, "packs")))
    .orderBy(asc(backups.snapshotAt), asc(backupDependencies.packKey));
  return rows.map(({ dependency, pack, backup }) => ({
    backupId: dependency.needsId,
    kind: backup?.kind ?? null,
    snapshotAt: backup?.snapshotAt.toISOString() ?? null,
    key: dependency.packKey,
    packBytes: pack?.bytes ?? 0,
    readBytes: dependency.readBytes,
    ranges: dependency.ranges,
    present: pack !== null,
  }));
}

/** The backup's own pack is read from end to end: its frames are all of this stream. */
async function loadOwn(db: Tx, { backup }: RestoreOrder): Promise<PackRead> {
  const [pack] = await db.select({ key: packs.key, bytes: packs.bytes }).from(packs).where(eq(packs.backupId, backup.id));
  if (pack === undefined) throw new LifeboatError("not-found", { entity: "backup", id: backup.id });
  return {
    backupId: backup.id,
    kind: backup.kind,
    snapshotAt: backup.snapshotAt.toISOString(),
    key: pack.key,
    packBytes: pack.bytes,
    readBytes: pack.bytes,
    ranges: 1,
    present: true,
  };
}

/** Where it is read from: a stored copy, else the one that may be tried again. */
async function loadDestination(db: Tx, backupId: string): Promise<Pick<ReadPlanDto, "destinationId" | "destinationName">> {
  const [copy] = await db
    .select({ destinationId: destinations.id, destinationName: destinations.name })
    .from(copies)
    .innerJoin(destinations, eq(destinations.id, copies.destinationId))
    .where(eq(copies.backupId, backupId))
    .orderBy(desc(eq(copies.state, "stored")), asc(copies.id))
    .limit(1);
  if (copy === undefined) throw new LifeboatError("backup-not-restorable", { backupId, state: "missing" });
  return copy;
}
