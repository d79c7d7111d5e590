import { statfs } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";

export type FileErrorFacts = {
  /** What people are shown. */
  readonly path: string;
  /** An existing folder on the same file system, asked for its free space. */
  readonly folder: string;
  /** Bytes that the operation still had to write; 0 where it wrote none. */
  readonly neededBytes: number;
  /** Set where a missing file means a missing pack. */
  readonly key?: string;
};

/**
 * Turns an errno of the file system into `no-space`, `no-inodes`, `read-only`, `permission-denied`, `pack-missing` or `io-error`.
 * What is already a `LifeboatError`, or carries no errno (a bug, an abort), is returned as it is.
 */
export async function toFileError(error: unknown, facts: FileErrorFacts): Promise<unknown> {
  if (error instanceof LifeboatError || !(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const { path } = facts;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return outOfRoom(error, facts);
    case "EROFS":
      return new LifeboatError("read-only", { path }, { cause: error });
    case "EACCES":
    case "EPERM":
      return new LifeboatError("permission-denied", { path }, { cause: error });
    case "ENOENT":
      if (facts.key !== undefined) return new LifeboatError("pack-missing", { key: facts.key }, { cause: error });
      return new LifeboatError("io-error", { path, detail: "no such file or folder" }, { cause: error });
    default:
      return new LifeboatError("io-error", { path, detail: `${code} in ${syscall}` }, { cause: error });
  }
}

/** The kernel says ENOSPC for both: out of bytes, and out of inodes. */
async function outOfRoom(cause: Error, { path, folder, neededBytes }: FileErrorFacts): Promise<LifeboatError> {
  const facts = await statfs(folder).catch(() => null);
  if (facts !== null && facts.files > 0 && facts.ffree === 0 && facts.bavail > 0) {
    return new LifeboatError("no-inodes", { path }, { cause });
  }
  const freeBytes = facts === null ? 0 : facts.bavail * facts.bsize;
  return new LifeboatError("no-space", { path, freeBytes, neededBytes }, { cause });
}
