import { createHash } from "node:crypto";
import { chmodSync, chownSync, closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { sqliteSiblings } from "#lib/domain/file-path";
import { LifeboatError } from "#lib/domain/error";
import { hear, resultCode, say, sqliteBusy, sqliteLocked } from "./child-line.ts";
import { openExactly } from "./child-open.ts";
import type { ChildGo, ChildRequest } from "./child-protocol.ts";
import { identityOf } from "./database-file.ts";

type ReplaceRequest = Extract<ChildRequest, { command: "replace" }>;

/** What the old file is held by while the new one takes its name. */
type Hold = {
  /** Null where it is no database any more. */
  readonly db: DatabaseSync | null;
  /** False where others have its log open: they keep it, and it is unlinked after the rename. */
  readonly alone: boolean;
  readonly release: () => void;
};

/** A caller that was stopped after it was sure may no longer be: its word is old then. */
const goValidMs = 5_000;

/**
 * Puts the temporary file in the place of the old one. Both are held with SQLite's own exclusive locks meanwhile, so nobody opens the old
 * one any more and nobody the new one before what lies beside it (`-wal`, `-shm`, `-journal` of the old one) is gone: SQLite
 * would apply a log to whatever file it lies beside. The old one's log is folded into it first, so that a crash before the rename
 * leaves the old file whole, and one after it the new file whole.
 */
export async function replaceDatabase(request: ReplaceRequest): Promise<void> {
  const { temporary, path } = request;
  takeOver(path, temporary);
  const old = holdOld(request);
  const fresh = holdNew(temporary);
  try {
    say({ event: "ready", isSame: await isSame(old.db, request) });
    awaitGo();
    if (identityOf(statSync(path, { bigint: true })) !== request.identity) throw new LifeboatError("file-changed", { path });
    if (old.alone) removeSiblings(path);
    renameSync(temporary, path);
    removeSiblings(path);
    syncFolder(path);
    say({ event: "replaced" });
  } finally {
    fresh();
    old.release();
    removeSiblings(temporary);
  }
}

/** Owner and mode are the old file's. Only root may give files away; where that fails the file would belong to somebody else. */
function takeOver(path: string, temporary: string): void {
  const { mode, uid, gid } = statSync(path);
  const own = statSync(temporary);
  if (own.uid !== uid || own.gid !== gid) chownSync(temporary, uid, gid);
  chmodSync(temporary, mode & 0o7777);
}

function awaitGo(): void {
  const line = hear();
  if (line === null) throw new LifeboatError("run-cancelled");
  const { goAt } = JSON.parse(line) as ChildGo;
  if (Math.abs(Date.now() - goAt) > goValidMs) throw new LifeboatError("run-cancelled");
}

function holdOld(request: ReplaceRequest): Hold {
  const { path, identity, busyMs } = request;
  let opened: ReturnType<typeof openExactly>;
  try {
    opened = openExactly(path, identity, { readOnly: false, busyMs });
  } catch (error) {
    // No database any more: nothing of it is used, so nothing of it can be lost.
    if (error instanceof LifeboatError && error.code === "file-not-sqlite") return { db: null, alone: true, release: () => undefined };
    throw error;
  }
  const { db, close } = opened;
  try {
    const alone = lockAlone(db, path) || lockBeside(request, db);
    return { db, alone, release: close };
  } catch (error) {
    if (isUnreadable(error)) return { db: null, alone: true, release: close };
    close();
    throw error;
  }
}

/**
 * True when what is replaced is byte for byte what the safety backup holds: a copy made under the lock has its digest (equal databases
 * give equal copies). What can no longer be read counts as the same: there is no more to be had of it.
 */
async function isSame(db: DatabaseSync | null, { path, scratch, oldSha256 }: ReplaceRequest): Promise<boolean> {
  if (db === null || oldSha256 === null) return true;
  // SQLite copies nothing out of a connection that may write just now.
  const reader = db.isTransaction ? new DatabaseSync(path, { readOnly: true }) : db;
  try {
    await backup(reader, scratch, { rate: 0x7fff_ffff });
    return digestOf(scratch) === oldSha256;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return true;
  } finally {
    if (reader !== db) reader.close();
    rmSync(scratch, { force: true });
  }
}

function digestOf(path: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) hash.update(buffer.subarray(0, read));
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB: its log is of no use to it any more. */
function isUnreadable(error: unknown): boolean {
  const code = resultCode(error);
  return code === 11 || code === 26;
}

/** Takes the exclusive lock and keeps it (that is what the locking mode does), rolls a dead writer's journal back, folds the log in. False when others have the log open. */
function lockAlone(db: DatabaseSync, path: string): boolean {
  try {
    db.exec("pragma locking_mode = exclusive");
    db.exec("begin exclusive");
    db.exec("commit");
    db.exec("pragma wal_checkpoint(truncate)");
    return logBytes(path) === 0;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return false;
  }
}

/**
 * Others have it open. Unless that was said to be all right, it is refused. Else writers are held off, with nothing left in the log.
 * Always false.
 */
function lockBeside({ path, ignoreOpenFile, busyMs }: ReplaceRequest, db: DatabaseSync): false {
  const refused = new LifeboatError("file-in-use", { path, count: 0 });
  if (!ignoreOpenFile) throw refused;
  const deadline = performance.now() + busyMs;
  db.exec("pragma locking_mode = normal");
  while (performance.now() < deadline) {
    try {
      db.exec("pragma wal_checkpoint(truncate)");
      db.exec("begin immediate");
      if (logBytes(path) === 0) return false;
      db.exec("rollback");
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  throw refused;
}

function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === sqliteBusy || code === sqliteLocked;
}

function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** Nobody else knows of it yet; from its rename on everybody waits. Gives what lets go of it. */
function holdNew(temporary: string): () => void {
  const db = new DatabaseSync(temporary);
  try {
    db.exec("pragma locking_mode = exclusive");
    db.exec("begin exclusive");
    return () => db.close();
  } catch (error) {
    db.close();
    throw error;
  }
}

function removeSiblings(path: string): void {
  for (const suffix of sqliteSiblings) rmSync(`${path}${suffix}`, { force: true });
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
