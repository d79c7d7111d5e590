import { lstat, realpath } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";
import { fileName, filePathProblem, folderOf, isInside, sqliteSiblings } from "#lib/domain/file-path";
import { identityOf } from "./database-file.ts";

/** Where files may lie, and what of that is Lifeboat's own. Absolute folders. */
export type PathRules = { readonly roots: readonly string[]; readonly forbidden: readonly string[] };

export type ResolvedFile = { readonly path: string; readonly bytes: number; readonly modifiedAt: Date; readonly identity: string };

/**
 * Resolves a path and every link in it, and refuses what lies outside the allowed folders (whose own links are resolved, too). Throws
 * `files-not-allowed`, `file-outside` (whether it exists or not), `file-missing`, `permission-denied`, `io-error`.
 */
export async function resolveInside(path: string, { roots, forbidden }: PathRules): Promise<string> {
  const [realRoots, realForbidden] = await Promise.all([realFolders(roots), realFolders(forbidden)]);
  const problem = filePathProblem(path, [...roots, ...realRoots.filter((root) => !roots.includes(root))], realForbidden);
  const outside = new LifeboatError("file-outside", { path: path.slice(0, 500), roots: roots.join(", ") });
  if (problem !== null) throw problem.code === "file-outside" ? outside : new LifeboatError(problem.code, problem.params);
  const found = await realpath(path).catch((error: unknown) => {
    throw pathError(error, path);
  });
  if (!realRoots.some((root) => isInside(root, found)) || realForbidden.some((root) => isInside(root, found))) throw outside;
  return found;
}

/** A regular file inside; what else SQLite's own suffixes name is part of another file. Throws `file-not-sqlite` for what is no file. */
export async function resolveFile(path: string, rules: PathRules): Promise<ResolvedFile> {
  const found = await resolveInside(path, rules);
  const facts = await lstat(found, { bigint: true }).catch((error: unknown) => {
    throw pathError(error, path);
  });
  if (!facts.isFile() || isSibling(found)) throw new LifeboatError("file-not-sqlite", { path: found });
  return { path: found, bytes: Number(facts.size), modifiedAt: facts.mtime, identity: identityOf(facts) };
}

/** The same for a file that need not be there: its folder must be. Throws `file-exists` for what is there and is no regular file. */
export async function resolveTarget(path: string, rules: PathRules): Promise<{ path: string; file: ResolvedFile | null }> {
  const name = fileName(path);
  const problem = filePathProblem(path, [...rules.roots, ...(await realFolders(rules.roots))], []);
  if (problem !== null) throw new LifeboatError(problem.code, problem.params);
  if (isSibling(name)) throw new LifeboatError("file-not-sqlite", { path });
  const folder = await resolveInside(folderOf(path), rules);
  const target = folder === "/" ? `/${name}` : `${folder}/${name}`;
  const facts = await lstat(target, { bigint: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw pathError(error, path);
  });
  if (facts === null) return { path: target, file: null };
  if (!facts.isFile()) throw new LifeboatError("file-exists", { path: target });
  return { path: target, file: { path: target, bytes: Number(facts.size), modifiedAt: facts.mtime, identity: identityOf(facts) } };
}

export function isSibling(path: string): boolean {
  return sqliteSiblings.some((suffix) => path.endsWith(suffix));
}

/** A folder that is not there allows and forbids nothing. */
async function realFolders(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
  return found.filter((folder) => folder !== null);
}

export function pathError(error: unknown, path: string): unknown {
  if (error instanceof LifeboatError) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
    case "ELOOP":
    case "ENAMETOOLONG":
      return new LifeboatError("file-missing", { path }, { cause: error });
    case "EACCES":
    case "EPERM":
      return new LifeboatError("permission-denied", { path }, { cause: error });
    case "EROFS":
      return new LifeboatError("read-only", { path }, { cause: error });
    case undefined:
      return error;
    default:
      return new LifeboatError("io-error", { path, detail: `${code} in ${syscall ?? "?"}` }, { cause: error });
  }
}
