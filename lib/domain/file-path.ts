import type { Reason } from "./error.ts";

/** What SQLite keeps beside a database. */
export const sqliteSiblings = ["-wal", "-shm", "-journal"] as const;

const longestPath = 4096;

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder of an absolute path. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** A file's name without its extension, as backups and downloads of it are called. Never empty. */
export function fileTitle(path: string): string {
  const name = fileName(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? name : name.slice(0, dot);
}

/** True for a path below `folder` (or the folder itself). Both absolute and without `.` and `..`. */
export function isInside(folder: string, path: string): boolean {
  if (path === folder || folder === "/") return true;
  return path.startsWith(`${folder}/`);
}

/**
 * What is wrong with a path by its text alone; null when nothing is. Whether it *is* where it says is asked of the file system: only
 * there links can be seen. `forbidden` are folders of Lifeboat's own.
 */
export function filePathProblem(path: string, roots: readonly string[], forbidden: readonly string[]): Reason | null {
  if (roots.length === 0) return { code: "files-not-allowed", params: {} };
  const isPlain = path.startsWith("/") && !path.includes("\0") && path.length <= longestPath && path.isWellFormed();
  const parts = path.split("/").slice(1);
  const isWalk = parts.some((part) => part === "" || part === "." || part === "..");
  if (!isPlain || isWalk) return outside(path, roots);
  if (!roots.some((root) => isInside(root, path)) || forbidden.some((folder) => isInside(folder, path))) return outside(path, roots);
  return null;
}

function outside(path: string, roots: readonly string[]): Reason {
  return { code: "file-outside", params: { path, roots: roots.join(", ") } };
}
