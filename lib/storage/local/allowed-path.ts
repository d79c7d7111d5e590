import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { isInside } from "#lib/domain/file-path";
import { toFileError } from "../file-error.ts";

/** A path below one of the folders that the host's configuration allows, with every link resolved. */
export type AllowedPath = {
  readonly path: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
  readonly bytes: number;
  readonly modifiedAt: Date;
};

/**
 * Resolves a path and all links in it, and sees to it that it lies below one of `roots`, whose own links are resolved too. Throws
 * `files-not-allowed` without roots, `file-outside` for everything else than an absolute path below one, `file-missing`,
 * `permission-denied`. What is outside is told the same whether it exists or not.
 */
export async function resolveAllowed(roots: readonly string[], path: string): Promise<AllowedPath> {
  if (roots.length === 0) throw new LifeboatError("files-not-allowed");
  const outside = new LifeboatError("file-outside", { path: path.slice(0, 500), roots: roots.join(":") });
  if (!isAbsolute(path) || path.includes("\0")) throw outside;
  const asked = resolve(path);
  const real = await resolvedRoots(roots);
  if (![...roots.map((root) => resolve(root)), ...real].some((root) => isInside(root, asked))) throw outside;
  try {
    const found = await realpath(asked);
    if (!real.some((root) => isInside(root, found))) throw outside;
    const facts = await lstat(found);
    return { path: found, isFolder: facts.isDirectory(), isFile: facts.isFile(), bytes: facts.size, modifiedAt: facts.mtime };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP")
      throw new LifeboatError("file-missing", { path: asked }, { cause: error });
    throw await toFileError(error, { path: asked, folder: asked, neededBytes: 0 });
  }
}

async function resolvedRoots(roots: readonly string[]): Promise<string[]> {
  const found = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  return found.filter((root) => root !== null);
}

/**
 * Opens a regular file below one of `roots` for reading. The descriptor is compared with the path once it is open, so that neither a link
 * nor another file put there meanwhile is read. Throws what `resolveAllowed` throws, and `file-changed`.
 */
export async function openAllowed(roots: readonly string[], path: string): Promise<{ path: string; file: FileHandle }> {
  const found = await resolveAllowed(roots, path);
  if (!found.isFile) throw new LifeboatError("file-missing", { path: found.path });
  // Not through a link that took the file's place, and not waiting for a pipe that did.
  const file = await open(found.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(async (error: unknown) => {
    throw await toFileError(error, { path: found.path, folder: found.path, neededBytes: 0 });
  });
  const facts = await file.stat();
  const again = await resolveAllowed(roots, found.path).catch(() => null);
  const onPath = await lstat(found.path).catch(() => null);
  if (!facts.isFile() || again?.path !== found.path || onPath === null || onPath.dev !== facts.dev || onPath.ino !== facts.ino) {
    await file.close();
    throw new LifeboatError("file-changed", { path: found.path });
  }
  return { path: found.path, file };
}
