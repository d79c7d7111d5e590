import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { layers } from "#lib/testing/architecture-rules";
import { readSources } from "#lib/testing/source-graph";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
const section = /^## Folders\n(.*?)^## /ms.exec(text)?.[1] ?? "";
const rows = [...section.matchAll(/^\| `([^`]+)` +\| ([^|]+)\|(?: ([^|]+)\|)?$/gm)].map(([, folder = "", purpose = "", imports]) => ({
  folder,
  purpose: purpose.trim(),
  imports: imports?.trim(),
}));

/** What git keeps out of the tree: `/name/` in .gitignore is a folder of the root, `name/` is one anywhere. */
const ignored = [...readFileSync(join(root, ".gitignore"), "utf8").matchAll(/^(\/?[\w.-]+)\/$/gm)].map(([, name = ""]) => name);
const isIgnored = (path: string) =>
  path === ".git" || ignored.some((name) => (name.startsWith("/") ? `/${path}` === name : path.split("/").includes(name)));

/** Every folder below the root that holds a file or a folder, as `a/b`. */
function foldersBelow(path: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
    const folder = path === "" ? entry.name : `${path}/${entry.name}`;
    if (!entry.isDirectory() || isIgnored(folder) || readdirSync(join(root, folder)).length === 0) continue;
    found.push(folder, ...foldersBelow(folder));
  }
  return found;
}

const folders = foldersBelow("");
/** Folders without a file of their own are explained by what they hold. */
const withFiles = folders.filter((folder) => readdirSync(join(root, folder), { withFileTypes: true }).some((entry) => entry.isFile()));

function describes(row: string, folder: string): boolean {
  if (!row.endsWith("/**")) return row === folder;
  const top = row.slice(0, -3);
  return folder === top || folder.startsWith(`${top}/`);
}

test("every folder is described once in ARCHITECTURE.md", () => {
  expect(withFiles.length).toBeGreaterThan(60);
  const described = withFiles.map((folder) => [folder, rows.filter((row) => describes(row.folder, folder)).length]);
  expect(described.filter(([, count]) => count !== 1)).toEqual([]);
});

test("every described folder exists and its line says something", () => {
  expect(rows.filter((row) => !folders.some((folder) => describes(row.folder, folder)))).toEqual([]);
  expect(rows.filter((row) => row.purpose.length < 10 || row.purpose.length > 120)).toEqual([]);
});

test("the column of imports is what the rules enforce", () => {
  const shown = rows.filter((row) => row.imports !== undefined).map((row) => [row.folder.replace(/^lib\//, ""), row.imports]);
  const enforced = Object.entries(layers).filter(([layer]) => !layer.includes("."));
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(enforced.map(([layer, allowed]) => [layer, allowed.join(", ") || "–"])));
});

test("every source file that ARCHITECTURE.md names exists", () => {
  const named = [...text.matchAll(/[\w./()[\]-]+\.tsx?\b/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(40);
  const existing = [...readSources(root).keys(), "instrumentation.ts"];
  const missing = named.filter((path) => !existing.some((file) => file === path || file.endsWith(`/${path}`)));
  expect(missing).toEqual([]);
});
