import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { LifeboatError } from "#lib/domain/error";
import { identityOf, sqliteMagic } from "./database-file.ts";

export type OpenedFile = {
  readonly db: DatabaseSync;
  readonly bytes: number;
  /** `wal`, or what SQLite says of the others. */
  readonly journalMode: string;
  /** False when a file that was read without locks is no longer what it was: what was read is worth nothing then. */
  readonly isUnchanged: () => boolean;
  readonly close: () => void;
};

/**
 * Opens a database file that must be the very file that was looked at: a link or another file put in its place meanwhile is refused,
 * before and after SQLite opened it by its name. Throws `file-changed`, `file-not-sqlite`. SQLite's locks belong to the process, and
 * closing any descriptor of the file lets go of them: ours is closed last, and nothing else in this process opens it.
 */
export function openExactly(path: string, identity: string, options: { readOnly: boolean; busyMs: number }): OpenedFile {
  // Not through a link that took the file's place, and not waiting for a pipe that did.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(descriptor, { bigint: true });
    if (!facts.isFile() || identityOf(facts) !== identity) throw new LifeboatError("file-changed", { path });
    const head = Buffer.alloc(headerBytes);
    if (readSync(descriptor, head, 0, headerBytes, 0) < headerBytes || !head.subarray(0, sqliteMagic.length).equals(sqliteMagic)) {
      throw new LifeboatError("file-not-sqlite", { path });
    }
    const isAlone = options.readOnly && mustBeAlone(path);
    const before = isAlone ? stampsOf(path) : null;
    const db = new DatabaseSync(isAlone ? immutable(path) : path, { readOnly: options.readOnly, timeout: options.busyMs });
    try {
      if (!hasOpened(path, identity)) throw new LifeboatError("file-changed", { path });
      // The schema of a file is not ours: no function with side effects runs out of it.
      db.exec("pragma trusted_schema = off");
    } catch (error) {
      db.close();
      throw error;
    }
    const close = () => {
      db.close();
      closeSync(descriptor);
    };
    return {
      db,
      bytes: Number(facts.size),
      // Without locks SQLite does not look whether there is a log; the header says whether there may be.
      journalMode: head[writeVersionAt] === walVersion ? "wal" : modeOf(db),
      isUnchanged: () => before === null || before === stampsOf(path),
      close,
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

const headerBytes = 100;
const writeVersionAt = 18;
const walVersion = 2;

/** A file whose last writer died cannot be asked before its journal is rolled back. */
function modeOf(db: DatabaseSync): string {
  try {
    return (db.prepare("pragma journal_mode").get() as { journal_mode: string }).journal_mode;
  } catch {
    return "delete";
  }
}

/** Extended result code where the `-shm` that readers of a log need cannot be made: the folder is read-only to us. */
const readonlyDirectory = 1544;

/**
 * True for a file in WAL mode that nobody has open and beside which we may put nothing (a read-only mount, another user's folder): there
 * is no log, so the file is all there is, and it is read without locks. Whether it stayed alone is looked at in the end.
 */
function mustBeAlone(path: string): boolean {
  if (existsSync(`${path}-wal`)) return false;
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    db.prepare("select count(*) from sqlite_schema").get();
    return false;
  } catch (error) {
    return (error as { errcode?: number }).errcode === readonlyDirectory;
  } finally {
    db.close();
  }
}

/** A file that SQLite reads as it is: no locks, no log, nothing put beside it. */
export function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}

/** Changes when somebody writes to the file, or opens its log or journal. */
export function stampsOf(path: string): string {
  return [path, `${path}-journal`, `${path}-wal`]
    .map((each) => {
      const facts = statSync(each, { bigint: true, throwIfNoEntry: false });
      return facts === undefined ? "none" : `${facts.size} ${facts.mtimeNs} ${facts.ino}`;
    })
    .join();
}

/** True when a second descriptor of this process is the file; where descriptors cannot be listed, when the name still is its. */
function hasOpened(path: string, identity: string): boolean {
  if (process.platform !== "linux") return identityOf(statSync(path, { bigint: true })) === identity;
  const open = readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      return identityOf(fstatSync(Number(descriptor), { bigint: true })) === identity;
    } catch {
      return false;
    }
  });
  return open.length >= 2;
}
