import { and, eq, ne } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { orphanPacks } from "#lib/db/schema/orphan-packs";
import { packs } from "#lib/db/schema/packs";
import type { Reason } from "#lib/domain/error";
import type { StoredObject } from "#lib/storage/port";
import { finishRun } from "../runs/finish.ts";
import { assertLease, databaseNow } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { executeSettle } from "./execute-settle.ts";
import { judgeOrphan, type OrphanJudgement } from "./judge-orphan.ts";
import { scanOrder } from "./scan-order.ts";

/** Rows of one insert: nine values each, below PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 2_000;

type Orphan = StoredObject & OrphanJudgement;
type Lost = { readonly backupId: string; readonly key: string; readonly failure: Reason };

/**
 * Compares what lies in storage with what the catalogue tells of, or settles what an earlier comparison found. Only names and sizes of
 * packs are looked at; files of others, dot folders and writes in progress are no packs.
 */
export async function executeScanStorage(work: RunWork): Promise<void> {
  const { settle } = scanOrder.parse(work.run.input);
  await work.reporter.step("prepare", () => work.deps.prepareDestination());
  await (settle === null ? scan(work) : executeSettle(work, settle));
}

async function scan(work: RunWork): Promise<void> {
  const { db, reporter, lease } = work;
  const { unknown, lost, packCount } = await reporter.step(
    "list-storage",
    () => compare(work),
    (found) => ({
      packs: found.packCount,
      unknown: found.unknown.length,
      lost: found.lost.length,
    }),
  );
  const orphans = await reporter.step(
    "read-orphans",
    () => judgeAll(work, unknown),
    (found) => ({ orphans: found.length }),
  );
  for (const { key, failure } of lost)
    reporter.log("error", `${key}: ${failure.code === "pack-missing" ? "is gone" : "has another length"}`);
  for (const { key, provenance } of orphans) reporter.log("warning", `${key}: no row tells of it (${provenance})`);
  await reporter.flush();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await replaceOrphans(tx, work, orphans);
    for (const each of lost) await markLost(tx, work, each);
    const warnings = lost.length === 0 ? [] : [`${lost.length} packs are missing or have another length; their chains are shown as broken`];
    const output = { packs: packCount, orphans: orphans.length, lost: lost.length };
    await finishRun(tx, lease, { state: "succeeded", warnings, output });
  });
}

/**
 * Rows are read before the files, so that what is published meanwhile has its row; what is removed meanwhile is looked at once
 * more at the end.
 */
async function compare({ db, deps, signal, reporter }: RunWork): Promise<{ unknown: StoredObject[]; lost: Lost[]; packCount: number }> {
  const { storage, id: destinationId } = deps.destination;
  const known = await db
    .select({ key: packs.key, backupId: packs.backupId, storedBytes: packs.storedBytes, state: copies.state })
    .from(packs)
    .innerJoin(copies, and(eq(copies.backupId, packs.backupId), eq(copies.destinationId, destinationId)))
    .innerJoin(backups, and(eq(backups.id, packs.backupId), eq(backups.state, "available")));
  const found = new Map<string, StoredObject>();
  for await (const file of storage.list("")) {
    signal.throwIfAborted();
    if (file.key.endsWith(".zst")) found.set(file.key, file);
    reporter.progress({ bytesDone: found.size });
  }
  const rows = new Set((await db.select({ key: packs.key }).from(packs)).map((row) => row.key));
  const unknown: StoredObject[] = [];
  for (const file of found.values()) {
    if (!rows.has(file.key) && (await storage.stat(file.key)) !== null) unknown.push(file);
  }
  const lost: Lost[] = [];
  for (const { key, backupId, storedBytes } of known) {
    const actualBytes = found.get(key)?.bytes;
    if (actualBytes === storedBytes || !rows.has(key)) continue;
    const failure: Reason =
      actualBytes === undefined
        ? { code: "pack-missing", params: { key } }
        : { code: "pack-truncated", params: { key, expectedBytes: storedBytes, actualBytes } };
    if ((await storage.stat(key))?.bytes !== storedBytes) lost.push({ backupId, key, failure });
  }
  return { unknown, lost, packCount: found.size };
}

async function judgeAll(work: RunWork, files: readonly StoredObject[]): Promise<Orphan[]> {
  const orphans: Orphan[] = [];
  for (const file of files) {
    work.signal.throwIfAborted();
    orphans.push({ ...file, ...(await judgeOrphan(work.deps, file)) });
  }
  return orphans;
}

/** The last scan is all that is shown. */
async function replaceOrphans(tx: Transaction, { deps }: RunWork, orphans: readonly Orphan[]): Promise<void> {
  const destinationId = deps.destination.id;
  const foundAt = deps.context.now();
  await tx.delete(orphanPacks).where(eq(orphanPacks.destinationId, destinationId));
  for (let from = 0; from < orphans.length; from += rowsPerInsert) {
    await tx
      .insert(orphanPacks)
      .values(orphans.slice(from, from + rowsPerInsert).map((orphan) => Object.assign({ destinationId, foundAt }, orphan)));
  }
}

async function markLost(tx: Transaction, { deps }: RunWork, { backupId, failure }: Lost): Promise<void> {
  const state = failure.code === "pack-missing" ? ("missing" as const) : ("damaged" as const);
  await tx
    .update(copies)
    .set({ state, failedAt: databaseNow, failure })
    .where(and(eq(copies.backupId, backupId), eq(copies.destinationId, deps.destination.id), ne(copies.state, state)));
}
