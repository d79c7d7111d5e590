import { constants } from "node:fs";
import { lstat, open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { type Reason, reasonOf } from "#lib/domain/error";
import type { EngineContext } from "../port.ts";
import type { FileLook, FoundFile } from "../file-port.ts";
import { sqliteMagic } from "./database-file.ts";
import { isSibling, type PathRules, resolveFile, resolveInside } from "./paths.ts";
import { runChild } from "./run-child.ts";

/** Files that are told of, entries that are looked at, and folders below each other: an answer must end somewhere. */
const mostFiles = 500;
const mostEntries = 20_000;
const deepest = 4;

/** Looks at one path, or (null) at all allowed folders; what is wrong is told. Files are known by their first bytes, not by their names. */
export async function look(path: string | null, rules: PathRules, version: string, context: EngineContext): Promise<FileLook> {
  const nothing = { path: null, files: [], file: null };
  if (rules.roots.length === 0) return { ...nothing, problem: { code: "files-not-allowed", params: {} } };
  if (path === null) return { ...nothing, files: await findFiles(rules.roots, rules, context.signal), problem: null };
  try {
    const found = await resolveInside(path, rules);
    if ((await lstat(found)).isDirectory())
      return { path: found, files: await findFiles([found], rules, context.signal), file: null, problem: null };
    return await lookAtFile(found, rules, version, context);
  } catch (error) {
    context.signal.throwIfAborted();
    return { ...nothing, path, problem: reasonOf(error) };
  }
}

async function lookAtFile(path: string, rules: PathRules, sqliteVersion: string, context: EngineContext): Promise<FileLook> {
  const resolved = await resolveFile(path, rules);
  let file: FileLook["file"] = null;
  let problem: Reason | null = null;
  try {
    await runChild({ command: "look", path: resolved.path, identity: resolved.identity }, context, (event) => {
      if (event.event !== "file") return;
      const { bytes, journalMode, tables, pageBytes } = event;
      file = { bytes, journalMode, tables, pageBytes, sqliteVersion };
    });
  } catch (error) {
    context.signal.throwIfAborted();
    problem = reasonOf(error);
  }
  return { path: resolved.path, files: [], file, problem };
}

async function findFiles(folders: readonly string[], rules: PathRules, signal: AbortSignal): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  const budget = { entries: mostEntries };
  for (const folder of folders) {
    const start = await resolveInside(folder, rules).catch(() => null);
    if (start !== null) await walk(start, deepest, { found, budget, rules, signal });
  }
  return [...found.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

type Walk = { found: Map<string, FoundFile>; budget: { entries: number }; rules: PathRules; signal: AbortSignal };

/** Links are not followed. A folder that may not be read is passed over, and so are names that are not valid text. */
async function walk(folder: string, depth: number, state: Walk): Promise<void> {
  const { found, budget, rules, signal } = state;
  const entries = await opendir(folder).catch(() => null);
  if (entries === null) return;
  for await (const entry of entries) {
    signal.throwIfAborted();
    budget.entries -= 1;
    if (budget.entries < 0 || found.size >= mostFiles) return;
    const path = join(folder, entry.name);
    if (entry.name.includes("\uFFFD")) continue;
    if (entry.isDirectory() && depth > 0 && (await resolveInside(path, rules).catch(() => null)) === path)
      await walk(path, depth - 1, state);
    if (!entry.isFile() || isSibling(entry.name) || !(await hasMagic(path))) continue;
    const facts = await lstat(path).catch(() => null);
    if (facts?.isFile() === true) found.set(path, { path, bytes: facts.size, modifiedAt: facts.mtime });
  }
}

async function hasMagic(path: string): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return false;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(sqliteMagic.length), 0, sqliteMagic.length, 0);
    return bytesRead === sqliteMagic.length && buffer.equals(sqliteMagic);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
