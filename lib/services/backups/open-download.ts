import { and, between, eq, isNull, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { Transaction } from "#lib/db/client";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { LifeboatError } from "#lib/domain/error";
import type { KnownBackup, PackRef } from "#lib/repository/port";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import { extendChainLock, lockChain, unlockChains } from "../chains/lock.ts";
import type { ServiceContext } from "../context.ts";
import { knownBackup, loadNeeds, packRef } from "./facts.ts";

/** How long a lock outlives a web process that died in the middle of a download, in milliseconds. */
export const downloadLeaseMs = 60_000;

/** What the web server needs to serve one backup's file. */
export type Download = {
  readonly backupId: string;
  /** What the file is called on the reader's machine, for example `shop_20261121T020000Z_full.dump`. */
  readonly fileName: string;
  readonly pack: PackRef;
  readonly streamSha256: string;
  /** What the plain stream is rebuilt from. Throws `chain-broken` when the catalogue misses a pack of it; the own pack can be had all the same. */
  readonly known: () => KnownBackup;
  /** Keeps the chain's lock; false when it is gone, and the download with it. Call it more often than every minute. */
  readonly extend: () => Promise<boolean>;
  /** Lets go of the chain. Once, when the last byte is out or the reader has left. */
  readonly release: () => Promise<void>;
};

/**
 * Opens a backup for download: authorises, holds its chain against deletion, and records who takes it (`backup.download`,
 * once for all pieces of one download).
 * `isProbe` (a HEAD request) neither holds nor records. Throws `not-allowed`, `not-found`, `backup-not-restorable`, `chain-locked`.
 */
export async function openDownload(
  context: ServiceContext,
  { params, query }: Pick<EndpointInput<typeof contract.downloadBackup>, "params" | "query">,
  options: { isProbe?: boolean } = {},
): Promise<Download> {
  authorise(context, "backups:download");
  const found = await findFile(context, params.id);
  const { backup, pack, stream, needs } = found;
  const holder = `download:${context.newUuid()}`;
  const lock = { chainId: backup.chainId, holder, leaseMs: downloadLeaseMs };
  const fileName = downloadName(backup, query.format);
  if (options.isProbe !== true) {
    await context.db.transaction(async (tx) => {
      await lockChain(tx, { ...lock, mode: "shared" });
      if (await isToldAlready(tx, context, { backupId: backup.id, fileName })) return;
      await recordAudit(tx, context, {
        action: "backup.download",
        targetType: "backup",
        targetId: backup.id,
        targetName: backup.fileName,
        after: { format: query.format, fileName },
      });
    });
  }
  return {
    backupId: backup.id,
    fileName,
    pack: packRef(pack),
    streamSha256: stream.sha256,
    known: () => knownBackup({ pack, needs, stream }),
    extend: () => extendChainLock(context.db, lock),
    release: () => unlockChains(context.db, holder),
  };
}

/** A download in pieces (`Range`) is one download: its pieces come within this time, in milliseconds. */
const oneDownloadMs = 15 * 60_000;

/** The chain's row is locked by this transaction, so that of pieces asked for at once one is told. */
async function isToldAlready(tx: Transaction, context: ServiceContext, file: { backupId: string; fileName: string }): Promise<boolean> {
  const now = context.now();
  const { actor } = context;
  const [told] = await tx
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.targetId, file.backupId),
        eq(auditEvents.action, "backup.download"),
        eq(auditEvents.actorType, actor.type),
        actor.id === null ? isNull(auditEvents.actorId) : eq(auditEvents.actorId, actor.id),
        context.address === null ? isNull(auditEvents.address) : eq(auditEvents.address, context.address),
        sql`${auditEvents.after} ->> 'fileName' = ${file.fileName}`,
        // A row from a clock that was ahead silences nobody.
        between(auditEvents.at, new Date(now.getTime() - oneDownloadMs), now),
      ),
    )
    .limit(1);
  return told !== undefined;
}

async function findFile({ db }: ServiceContext, id: string) {
  const [found] = await db
    .select({ backup: backups, pack: packs, stream: backupStreams, copyState: copies.state })
    .from(backups)
    .innerJoin(packs, eq(packs.backupId, backups.id))
    .innerJoin(copies, eq(copies.backupId, backups.id))
    .leftJoin(backupStreams, and(eq(backupStreams.backupId, backups.id), eq(backupStreams.name, "base")))
    .where(eq(backups.id, id))
    .limit(1);
  // An intent row is nothing that anybody may know of yet.
  if (found === undefined || found.backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
  const { backup, pack, stream, copyState } = found;
  if (backup.state !== "available") throw new LifeboatError("backup-not-restorable", { backupId: id, state: backup.state });
  if (copyState !== "stored" || stream === null) throw new LifeboatError("backup-not-restorable", { backupId: id, state: copyState });
  return { backup, pack, stream, needs: await loadNeeds(db, id) };
}

/**
 * Database, snapshot's time in UTC, kind; a file's copy is called as its own tools would: `name_backup_YYYYMMDD_HHMMSS.db`. The name is the
 * database's own, in whatever script: the edge encodes it.
 */
function downloadName(backup: typeof backups.$inferSelect, format: "dump" | "stored"): string {
  const at = backup.snapshotAt.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const { database, kind, extension } = backup;
  const name =
    extension === "db" ? `${database}_backup_${at.replace("T", "_").replace("Z", "")}.db` : `${database}_${at}_${kind}.${extension}`;
  return format === "dump" ? name : `${name}.zst`;
}
