import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { declaredHead } from "./declared-heads.ts";
import type { DeclaredMigrations } from "./drill-hooks-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-heads-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function headOf(tool: DeclaredMigrations["tool"], files: Record<string, string>, at = "."): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return (await declaredHead({ tool, directory: join(folder, at) })).head;
}

it("finds the revisions of Alembic that nothing follows, over merges and branches", async () => {
  const head = await headOf("alembic", {
    "a1.py": 'revision = "a1"\ndown_revision = None\n',
    "b2.py": "revision: str = 'b2'\ndown_revision: Union[str, None] = 'a1'\n",
    "c3.py": 'revision = "c3"\ndown_revision = "a1"\n',
    "d4.py": 'revision = "d4"\ndown_revision = (\n    "b2",\n    "c3",\n)\n',
    "e5.py": 'revision = "e5"\ndown_revision = "d4"\n',
    "f6.py": 'revision = "f6"\ndown_revision = "d4"\n',
    "env.py": "print('no revision')\n",
  });
  expect(head).toBe("e5, f6");
});

it("finds the last migration of Prisma that has its SQL", async () => {
  const head = await headOf("prisma", {
    "20240101_init/migration.sql": "",
    "20240202_more/migration.sql": "",
    "20250101_draft/notes.md": "",
    "migration_lock.toml": "",
  });
  expect(head).toBe("20240202_more");
});

it("hashes the last migration of Drizzle's journal as Drizzle does", async () => {
  const journal = {
    entries: [
      { idx: 1, tag: "0001_b" },
      { idx: 0, tag: "0000_a" },
    ],
  };
  const head = await headOf("drizzle", {
    "meta/_journal.json": JSON.stringify(journal),
    "0000_a.sql": "a",
    "0001_b.sql": "create table b();",
  });
  expect(head).toBe(createHash("sha256").update("create table b();").digest("hex"));
});

it("takes the last file of Knex, declarations aside", async () => {
  expect(await headOf("knex", { "20240101_a.js": "", "20240102_b.ts": "", "20240103_c.d.ts": "", "README.md": "" })).toBe("20240102_b.ts");
});

it("compares the versions of Flyway by their parts", async () => {
  expect(
    await headOf("flyway", { "V1_9__a.sql": "", "V1_10__b.sql": "", "V1.2__c.sql": "", "R__views.sql": "", "U1_11__undo.sql": "" }),
  ).toBe("1.10");
});

it("takes the highest version of Rails", async () => {
  expect(await headOf("rails", { "20240101000000_a.rb": "", "20240301000000_b.rb": "", "9_old.rb": "" })).toBe("20240301000000");
});

it("finds the last migrations of Django's apps, whatever others depend on them", async () => {
  const files = {
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": "dependencies = [('users', '0001_initial')]",
    "shop/migrations/0002_more.py": 'dependencies = [("shop", "0001_initial")]',
    "users/migrations/0001_initial.py": "dependencies = []",
    "static/style.css": "",
  };
  expect(await headOf("django", files)).toBe("shop.0002_more, users.0001_initial");
  expect(await headOf("django", {}, "shop/migrations")).toBe("shop.0002_more");
});

it("says that there is nothing, or no such folder", async () => {
  await expect(headOf("rails", {})).rejects.toMatchObject({
    code: "check-not-possible",
    params: { detail: expect.stringContaining("no migrations of rails") },
  });
  await expect(headOf("prisma", {}, "nowhere")).rejects.toMatchObject({
    code: "check-not-possible",
    params: { detail: expect.stringContaining("ENOENT") },
  });
});
