import { constants } from "node:fs";
import { access, link, lstat, open, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { folderOf, sqliteSiblings } from "#lib/domain/file-path";
import type { FileReplacement, FileTargetFacts } from "../file-port.ts";
import type { CommitGuard, EngineContext } from "../port.ts";
import { identityOf } from "./database-file.ts";
import { countWriters } from "./open-by.ts";
import { type PathRules, pathError, resolveTarget } from "./paths.ts";
import { runChild } from "./run-child.ts";

/** Looks at a place for a file; nothing is changed. */
export async function inspectFileTarget(asked: string, rules: PathRules): Promise<FileTargetFacts> {
  const { path, file } = await resolveTarget(asked, rules);
  const folder = folderOf(path);
  const space = await access(folder, constants.W_OK)
    .then(() => statfs(folder))
    .catch((error: unknown) => {
      throw pathError(error, folder);
    });
  const siblings = [`${path}-wal`, `${path}-journal`];
  const there = await Promise.all(siblings.map((each) => lstat(each).catch(() => null)));
  return {
    path,
    exists: file !== null,
    bytes: file?.bytes ?? null,
    identity: file?.identity ?? null,
    openBy: file === null ? 0 : await countWriters(path),
    freeBytes: space.bavail * space.bsize,
    leftovers: file === null ? siblings.filter((_, index) => there[index] !== null) : [],
  };
}

/** Beside the target, so that a rename puts it there; hidden, and named by the claim so that two never share one. */
export function temporaryPath(path: string, token: string): string {
  return `${folderOf(path)}/.lifeboat-${token}.db`.replace("//", "/");
}

/** Syncs the file. It is the file's identity that tells after a crash whether it got its name. */
export async function seal(temporary: string): Promise<string> {
  const file = await open(temporary, "r+");
  try {
    await file.sync();
    return identityOf(await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

/** Gives the file its name without ever taking somebody else's. Throws `file-exists` { path }. */
export async function place(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new LifeboatError("file-exists", { path }, { cause: error });
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw pathError(error, path);
    await placeByName(temporary, path);
  }
  await rm(temporary, { force: true });
  await syncFolder(path);
}

/** For file systems without hard links: the name is taken by an empty file first, which the rename replaces. */
async function placeByName(temporary: string, path: string): Promise<void> {
  const reserved = await open(path, "wx", 0o600).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new LifeboatError("file-exists", { path }, { cause: error });
    throw pathError(error, path);
  });
  await reserved.close();
  await rename(temporary, path);
}

/** See `FileEngine.replace`. Locks of others are waited for during `busyMs` milliseconds. */
export async function replaceFile(
  { rules, busyMs }: { rules: PathRules; busyMs: number },
  temporary: string,
  target: FileReplacement,
  context: EngineContext,
  guard: CommitGuard,
): Promise<{ isSame: boolean }> {
  const { path, file } = await resolveTarget(target.path, rules);
  if (path !== target.path || file === null || file.identity !== target.identity) throw new LifeboatError("file-changed", { path });
  const { ignoreOpenFile } = target;
  if (!ignoreOpenFile) await refuseWriters(path);
  const request = { command: "replace", temporary, ...target, busyMs, scratch: join(context.workDir, "old.db") } as const;
  const ready = Promise.withResolvers<{ go: () => void; isSame: boolean }>();
  const replaced = Promise.withResolvers<void>();
  const ending = new AbortController();
  const child = runChild(request, { signal: AbortSignal.any([context.signal, ending.signal]) }, (event, go) => {
    if (event.event === "ready") ready.resolve({ go, isSame: event.isSame });
    if (event.event === "replaced") replaced.resolve();
  });
  const ended = child.then(() => Promise.reject(new LifeboatError("stream-cut", { detail: "the file was not replaced" })));
  ended.catch(() => undefined);
  try {
    const { go, isSame } = await Promise.race([ready.promise, ended]);
    if (!isSame && !ignoreOpenFile) throw new LifeboatError("file-changed", { path });
    await guard(async () => {
      go();
      await Promise.race([replaced.promise, ended]);
    });
    await child;
    return { isSame };
  } catch (error) {
    ending.abort(error);
    await child.catch(() => undefined);
    if (!(error instanceof LifeboatError) || error.code !== "file-in-use") throw error;
    throw new LifeboatError("file-in-use", { path, count: (await countWriters(path)) || 1 }, { cause: error });
  }
}

async function refuseWriters(path: string): Promise<void> {
  const count = await countWriters(path);
  if (count !== null && count > 0) throw new LifeboatError("file-in-use", { path, count });
}

export async function removeTemporary(temporary: string): Promise<void> {
  for (const suffix of ["", ...sqliteSiblings]) await rm(`${temporary}${suffix}`, { force: true });
}

export async function fileIdentity(path: string): Promise<string | null> {
  const facts = await lstat(path, { bigint: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw pathError(error, path);
  });
  return facts === null ? null : identityOf(facts);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(folderOf(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
