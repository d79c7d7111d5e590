import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BackupKind } from "#lib/domain/backup-state";
import { createBackup } from "#lib/services/backups/run-now";
import { nothing } from "./part.ts";
import { type RunTimes, timeRun } from "./runs.ts";
import type { Station } from "./station.ts";

/** Makes a backup of a source as a click on its button does, and waits until it is stored. Throws when it became of another kind. */
export async function backUp(station: Station, sourceId: string, kind: BackupKind = "full"): Promise<RunTimes> {
  const body = { sourceId, kind, reason: "bench", note: "" };
  const made = await timeRun(station, () => createBackup(station.context, { ...nothing, body }));
  const [row] = await station.catalogue.sql<{ kind: string; why: unknown }[]>`
    select kind, kind_reason as why from lifeboat.backups where id = ${made.backupId}`;
  if (row?.kind !== kind) throw new Error(`asked for ${kind}, made ${row?.kind}: ${JSON.stringify(row?.why)}`);
  return made;
}

/** Where a backup's pack lies, and how large its stream and pack are. */
export async function packOf(
  { catalogue: { sql }, backupDir }: Station,
  backupId: string,
): Promise<{ path: string; storedBytes: number; streamBytes: number }> {
  const [row] = await sql<{ key: string; storedBytes: string; streamBytes: string }[]>`
    select p.key, p.stored_bytes as "storedBytes", s.bytes as "streamBytes" from lifeboat.packs p
    join lifeboat.backup_streams s on s.backup_id = p.backup_id where p.backup_id = ${backupId}`;
  if (row === undefined) throw new Error(`no pack of ${backupId}`);
  return { path: join(backupDir, row.key), storedBytes: Number(row.storedBytes), streamBytes: Number(row.streamBytes) };
}

/** Takes a pack away that nothing asks for any more: rounds shall not fill the disk. */
export async function dropPack(station: Station, backupId: string): Promise<void> {
  const { path } = await packOf(station, backupId);
  await rm(path, { force: true });
}
