import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { LifeboatError } from "#lib/domain/error";
import { identityOf, sqliteMagic } from "./database-file.ts";

export type OpenedFile = { readonly db: DatabaseSync; readonly bytes: number; readonly close: () => void };

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
    const head = Buffer.alloc(sqliteMagic.length);
    if (readSync(descriptor, head, 0, head.length, 0) < head.length || !head.equals(sqliteMagic)) {
      throw new LifeboatError("file-not-sqlite", { path });
    }
    const db = new DatabaseSync(path, { readOnly: options.readOnly, timeout: options.busyMs });
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
    return { db, bytes: Number(facts.size), close };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
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
