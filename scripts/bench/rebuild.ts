import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createCodecPool } from "#lib/repository/codec-pool";
import { openStoredBackup } from "#lib/repository/open-stored-backup";
import { verifyMember } from "#lib/repository/verify-member";
import { knownBackup, loadBackupFacts } from "#lib/services/backups/facts";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import type { Station } from "./station.ts";

/** Rebuilds a backup's stream from its packs as a download does: every segment decoded and compared, and the flat SHA-256. */
export async function decodeOurs(station: Station, backupId: string): Promise<void> {
  const pool = createCodecPool();
  const backup = knownBackup(await loadBackupFacts(station.context.db, backupId));
  const stored = await openStoredBackup({ storage: createLocalStorage({ root: station.backupDir }), backup, pool });
  try {
    const flat = createHash("sha256");
    for await (const bytes of stored.read()) flat.update(bytes);
    if (flat.digest("hex") !== backup.stream.sha256) throw new Error("another stream");
  } finally {
    await stored.close();
    await pool.close();
  }
}

/** The same as restores and verifications do: into memory that is used again, the own pack's checksum beside it. */
export async function rebuildOurs(station: Station, backupId: string): Promise<void> {
  const pool = createCodecPool();
  const backup = knownBackup(await loadBackupFacts(station.context.db, backupId));
  const storage = createLocalStorage({ root: station.backupDir });
  try {
    const { failure } = await verifyMember({ storage, backup, pool, signal: new AbortController().signal });
    if (failure !== null) throw new Error(failure.code);
  } finally {
    await pool.close();
  }
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
