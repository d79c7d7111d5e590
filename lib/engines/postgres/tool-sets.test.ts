import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { discoverToolSets, toolSetsIn } from "./tools.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-tools-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A folder of programs that answer `--version` like PostgreSQL's own of that version. */
function folderOf(name: string, version: string, programs = ["pg_dump", "pg_restore", "pg_dumpall", "psql"]): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const program of programs) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} (PostgreSQL) ${version}"\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

test("sets are found once, newest first, by number and not by letter", async () => {
  const old = folderOf("a", "15.9");
  const newer = folderOf("b", "15.20 (Debian 15.20-0+deb12u1)");
  const newest = folderOf("c", "18beta1");
  const link = join(root, "link");
  symlinkSync(old, link);
  const found = await toolSetsIn([old, link, newer, newest, join(root, "missing")]);
  expect(found.map(({ version, major, path }) => [version, major, path])).toEqual([
    ["18beta1", 18, newest],
    ["15.20", 15, newer],
    ["15.9", 15, old],
  ]);
});

test("what is missing is named, and a set without dump or restore is none", async () => {
  const [half] = await toolSetsIn([folderOf("half", "17.12", ["pg_dump", "psql"]), folderOf("client", "17.12", ["psql"])]);
  expect(half).toMatchObject({ tools: expect.arrayContaining(["pg_dump"]), hasServer: false });
  expect(half?.missing).toContain("pg_restore");
  expect(await toolSetsIn([folderOf("psql-only", "17.12", ["psql"])])).toEqual([]);
});

test("Debian's wrappers, programs that fail and programs of somebody else are no tool set", async () => {
  const wrapped = join(root, "wrapped");
  mkdirSync(wrapped);
  writeFileSync(join(root, "pg_wrapper"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.1'\n", { mode: 0o755 });
  for (const program of ["pg_dump", "pg_restore"]) symlinkSync(join(root, "pg_wrapper"), join(wrapped, program));
  const failing = folderOf("failing", "15.1");
  writeFileSync(join(failing, "pg_dump"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.1'\nexit 3\n");
  const other = folderOf("other", "15.1");
  writeFileSync(join(other, "pg_dump"), "#!/bin/sh\necho 'pg_dump of another house'\n");
  expect(await toolSetsIn([wrapped, failing, other])).toEqual([]);
});

test("configured folders are looked at beside the usual places", async () => {
  const mine = folderOf("mine", "99.1");
  expect((await discoverToolSets([mine]))[0]).toMatchObject({ major: 99, version: "99.1", path: mine });
});
