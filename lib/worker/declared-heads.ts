import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { LifeboatError } from "#lib/domain/error";
import type { DeclaredMigrations } from "./drill-hooks-file.ts";

type Finder = (directory: string) => Promise<string | null>;

const finders: Record<DeclaredMigrations["tool"], Finder> = { alembic, prisma, drizzle, knex, flyway, rails, django };

/**
 * The newest migration that the files of an application hold, in the words in which its tool keeps it in the database. Several heads are
 * separated by comma and space. Throws `check-not-possible` { detail }.
 */
export async function declaredHead({ tool, directory }: DeclaredMigrations): Promise<{ readonly tool: string; readonly head: string }> {
  let head: string | null;
  try {
    head = await finders[tool](directory);
  } catch (error) {
    throw new LifeboatError("check-not-possible", { detail: `${directory}: ${(error as Error).message}` }, { cause: error });
  }
  if (head === null) throw new LifeboatError("check-not-possible", { detail: `${directory} has no migrations of ${tool}` });
  return { tool, head };
}

const listed = (heads: readonly string[]) => (heads.length === 0 ? null : heads.toSorted().join(", "));

/** Names of files that match, in the order of their names as bytes. */
async function filesLike(directory: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

/** Revisions that no other one follows; a revision may follow several. */
async function alembic(directory: string): Promise<string | null> {
  const revisions: string[] = [];
  const followed = new Set<string>();
  for (const name of await filesLike(directory, /\.py$/)) {
    const text = await readFile(join(directory, name), "utf8");
    const revision = /^revision\b[^=\n]*=\s*["']([^"']+)["']/m.exec(text)?.[1];
    if (revision === undefined) continue;
    revisions.push(revision);
    const before = /^down_revision\b[^=\n]*=\s*(\([^)]*\)|\[[^\]]*\]|[^\n]*)/m.exec(text)?.[1] ?? "";
    for (const [, id] of before.matchAll(/["']([^"']+)["']/g)) followed.add(id!);
  }
  return listed(revisions.filter((revision) => !followed.has(revision)));
}

async function prisma(directory: string): Promise<string | null> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(folders.map(async (name) => (await filesLike(join(directory, name), /^migration\.sql$/)).length > 0));
  return (
    folders
      .filter((_, at) => found[at])
      .toSorted()
      .at(-1) ?? null
  );
}

const journal = z.object({ entries: z.array(z.object({ idx: z.number(), tag: z.string().regex(/^[^/\\]+$/) })) });

/** Drizzle keeps the SHA-256 of a migration's file. */
async function drizzle(directory: string): Promise<string | null> {
  const { entries } = journal.parse(JSON.parse(await readFile(join(directory, "meta", "_journal.json"), "utf8")));
  const last = entries.toSorted((left, right) => left.idx - right.idx).at(-1);
  if (last === undefined) return null;
  const text = await readFile(join(directory, `${last.tag}.sql`), "utf8");
  return createHash("sha256").update(text).digest("hex");
}

async function knex(directory: string): Promise<string | null> {
  return (await filesLike(directory, /(?<!\.d)\.(c?js|mjs|c?ts|mts|coffee)$/)).at(-1) ?? null;
}

async function flyway(directory: string): Promise<string | null> {
  const versions = (await filesLike(directory, /^V.+?__.*\.(sql|java)$/)).map((name) =>
    name.slice(1, name.indexOf("__")).replaceAll("_", "."),
  );
  return versions.toSorted(byParts).at(-1) ?? null;
}

/** 1.9 comes before 1.10. */
function byParts(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map((part) => BigInt(/^\d+$/.test(part) ? part : 0)));
  for (let at = 0; at < Math.max(a!.length, b!.length); at += 1) {
    const [x, y] = [a![at] ?? 0n, b![at] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

async function rails(directory: string): Promise<string | null> {
  const versions = (await filesLike(directory, /^\d+_.*\.rb$/)).map((name) => /^\d+/.exec(name)![0]);
  return versions.toSorted(byParts).at(-1) ?? null;
}

/** Of one app (a folder named `migrations`), or of every app that lies in the directory. */
async function django(directory: string): Promise<string | null> {
  if (basename(directory) === "migrations") return listed(await djangoHeads(directory));
  const entries = await readdir(directory, { withFileTypes: true });
  const apps = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name, "migrations"));
  const heads = await Promise.all(apps.map((path) => djangoHeads(path).catch(ifMissing)));
  return listed(heads.flat());
}

function ifMissing(error: unknown): string[] {
  if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
  throw error;
}

/** Migrations of an app that no other one of it depends on. */
async function djangoHeads(directory: string): Promise<string[]> {
  const app = basename(dirname(directory));
  const names = (await filesLike(directory, /^[^_].*\.py$/)).map((name) => name.slice(0, -".py".length));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, `${name}.py`), "utf8")));
  const followed = new Set<string>();
  for (const text of texts) {
    for (const [, of, name] of text.matchAll(/\(\s*["']([^"']+)["']\s*,\s*["']([^"']+)["']\s*,?\s*\)/g))
      if (of === app) followed.add(name!);
  }
  return names.filter((name) => !followed.has(name)).map((name) => `${app}.${name}`);
}
