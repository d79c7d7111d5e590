import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { createEmptyDatabase, createShopDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { runCli, startCli } from "../cli-fixture.ts";

for (const slot of [15, 17] as const) {
  describeOn(slot, (server: TestServer) => {
    let folder: string;
    const env = () => ({ PGPASSWORD: server.password, LIFEBOAT_CALLER_DIR: folder });
    /** Without the password: how people should write it. */
    const urlOf = (database: string) => server.url(database).replace(/:[^:@]+@/, "@");
    const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
    const backUp = async (database: TestDatabase, out: string) =>
      await runCli("backup", ["--url", urlOf(database.name), "--out", out], env());
    const restore = async (file: string, database: string, ...more: string[]) =>
      await runCli("restore", ["--file", file, "--url", urlOf(database), ...more], env());
    const made = async (making: Promise<TestDatabase>) => {
      const database = await making;
      onTestFinished(() => database.drop());
      return database;
    };
    const named = (name: string) => {
      onTestFinished(async () => {
        await server.admin().unsafe(`drop database if exists "${name}" with (force)`);
      });
      return name;
    };
    const ordersIn = async (database: TestDatabase) =>
      (await database.sql<{ count: number; sum: string }[]>`select count(*)::int as count, sum(id)::text as sum from orders`)[0];

    /** What stands beside a dump about its restores. */
    const notesOf = (file: string) => {
      const lines = readFileSync(`${file}.restores.jsonl`, "utf8").trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    };

    const pgDump = (database: string, format: string) =>
      execFileSync(join(server.binDir, "pg_dump"), [format], {
        env: {
          PGHOST: server.host,
          PGPORT: String(server.port),
          PGUSER: server.superuser,
          PGPASSWORD: server.password,
          PGDATABASE: database,
        } as unknown as NodeJS.ProcessEnv,
        maxBuffer: 64 * 1024 * 1024,
      });

    beforeEach(async () => {
      folder = await temporaryFolder();
    });

    it("a dump with its record beside it becomes a new database, equal table by table", async () => {
      const shop = await made(createShopDatabase(server));
      const backup = await startCli("backup", ["--url", urlOf(shop.name), "--out", "backups/my.dump"], env()).ended;
      expect(backup).toMatchObject({ code: 0, err: expect.stringContaining(`pg_dump ${server.major}.`) as unknown });
      const file = join(folder, "backups/my.dump");
      const record = JSON.parse(readFileSync(`${file}.json`, "utf8")) as Record<string, unknown>;
      expect(record).toMatchObject({
        sha256: sha256(file),
        bytes: statSync(file).size,
        operator: "Ada",
        database: shop.name,
        server: { version: expect.stringMatching(new RegExp(`^${server.major}\\.`)) as unknown },
      });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(backup.out).toContain(sha256(file));
      const copy = named(`${shop.name}_copy`);
      const restored = await startCli("restore", ["--file", "backups/my.dump", "--url", urlOf(copy), "--json"], env()).ended;
      expect(restored).toMatchObject({ code: 0 });
      expect(JSON.parse(restored.out)).toMatchObject({ created: true, equalTables: (record["tables"] as unknown[]).length });
      const who = { operator: "Ada", database: copy, sha256: sha256(file) };
      expect(notesOf(file)).toMatchObject([
        { ...who, step: "restored", created: true },
        { ...who, step: "compared", result: "equal" },
      ]);
      expect((await backUp(shop, "backups/my.dump")).err).toContain("my.dump");
    });

    it("a restore that differs afterwards is a failure, and is noted with who, when and what differs", async () => {
      const shop = await made(createShopDatabase(server));
      expect((await backUp(shop, "my.dump")).code).toBe(0);
      const file = join(folder, "my.dump");
      const record = JSON.parse(readFileSync(`${file}.json`, "utf8")) as { tables: { table: string; rows: number }[] };
      record.tables.find(({ table }) => table === "orders")!.rows += 1;
      writeFileSync(`${file}.json`, JSON.stringify(record));
      const copy = named(`${shop.name}_other`);
      expect(await restore("my.dump", copy)).toMatchObject({ code: 1, err: expect.stringContaining("public.orders") as unknown });
      const who = { at: expect.stringMatching(/^\d{4}-/) as unknown, operator: "Ada", database: copy, sha256: sha256(file) };
      expect(notesOf(file)).toMatchObject([
        { ...who, step: "restored", created: true },
        { ...who, step: "compared", result: "different", tables: 1, first: "public.orders" },
      ]);
    });

    it("a changed byte is found before the target is touched", async () => {
      const shop = await made(createShopDatabase(server));
      expect((await backUp(shop, "my.dump.zst")).code).toBe(0);
      const file = join(folder, "my.dump.zst");
      const bytes = readFileSync(file);
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      writeFileSync(file, bytes);
      const copy = named(`${shop.name}_flip`);
      const ended = await restore("my.dump.zst", copy);
      expect(ended).toMatchObject({ code: expect.toSatisfy((code: number) => code === 1 || code === 5) as unknown });
      expect(await server.admin()`select 1 from pg_database where datname = ${copy}`).toEqual([]);
    });

    it("--clean replaces what is there in one transaction; a restore that fails leaves it as it was", async () => {
      const shop = await made(createShopDatabase(server));
      expect((await backUp(shop, "shop.dump")).code).toBe(0);
      const before = await ordersIn(shop);
      await shop.sql`update orders set status = 'lost' where true`.catch(() => undefined);
      await shop.sql`delete from order_lines`;
      const refused = await restore("shop.dump", shop.name, "--clean");
      expect(refused).toMatchObject({ code: 5, err: expect.stringContaining(`--yes-replace ${shop.name}`) as unknown });
      expect((await shop.sql`select 1 from order_lines`).length).toBe(0);
      // A view that hangs on a table which the dump replaces stops the whole of it.
      await shop.sql`create view mine as select count(*) from orders`;
      // Both tries in the same second: each has a backup of its own made first.
      vi.useFakeTimers({ toFake: ["Date"] });
      onTestFinished(() => void vi.useRealTimers());
      const failed = await restore("shop.dump", shop.name, "--clean", "--yes-replace", shop.name);
      expect(failed).toMatchObject({ code: 1, err: expect.stringContaining("is as it was") as unknown });
      expect((await shop.sql`select 1 from order_lines`).length).toBe(0);
      expect((await shop.sql`select 1 from mine`).length).toBe(1);
      await shop.sql`drop view mine`;
      const restored = await restore("shop.dump", shop.name, "--clean", "--yes-replace", shop.name, "--json");
      expect(restored).toMatchObject({ code: 0 });
      expect(await ordersIn(shop)).toEqual(before);
      const { safetyBackup } = JSON.parse(restored.out) as { safetyBackup: string };
      const kept = readdirSync(join(folder, "backups")).filter((name) => name.endsWith(".dump.zst"));
      expect(kept).toHaveLength(2);
      expect(kept).toContain(safetyBackup.split("/").at(-1));
    });

    it("an archive that pg_dump itself compressed is added to what is there, or replaces it", async () => {
      const shop = await made(createShopDatabase(server));
      writeFileSync(join(folder, "foreign.dump"), pgDump(shop.name, "-Fc"));
      const target = await made(createEmptyDatabase(server));
      await target.sql`create table kept (id int)`;
      const refused = await restore("foreign.dump", target.name, "--trust-file");
      expect(refused).toMatchObject({ code: 5, err: expect.stringContaining("public.kept") as unknown });
      const confirmed = ["--trust-file", "--yes-replace", target.name, "--no-safety-backup"];
      expect((await restore("foreign.dump", target.name, ...confirmed)).code).toBe(0);
      expect(await ordersIn(target)).toEqual(await ordersIn(shop));
      await target.sql`delete from order_lines`;
      const again = await restore("foreign.dump", target.name, ...confirmed);
      expect(again).toMatchObject({ code: 1, err: expect.stringContaining("already exists") as unknown });
      expect((await restore("foreign.dump", target.name, ...confirmed, "--clean")).code).toBe(0);
      expect((await target.sql`select 1 from order_lines limit 1`).length).toBe(1);
      expect(await target.sql`select to_regclass('kept')::text as found`).toEqual([{ found: "kept" }]);
    });

    it("a plain script is loaded whole or not at all", async () => {
      const shop = await made(createShopDatabase(server));
      // pg_dump brackets large objects with a transaction of their own.
      await shop.sql`select lo_from_bytea(0, 'large')`;
      const script = pgDump(shop.name, "-Fp");
      writeFileSync(join(folder, "shop.sql"), script);
      const target = await made(createEmptyDatabase(server));
      const loaded = await restore("shop.sql", target.name, "--trust-file");
      expect(loaded).toMatchObject({ code: 0 });
      expect(await ordersIn(target)).toEqual(await ordersIn(shop));
      expect(await target.sql`select convert_from(lo_get(oid), 'UTF8') as text from pg_largeobject_metadata`).toEqual([{ text: "large" }]);
      await target.sql`create table only_here (id int)`;
      writeFileSync(join(folder, "broken.sql"), Buffer.concat([script, Buffer.from("\nselect 1/0;\n")]));
      const failed = await restore(
        "broken.sql",
        target.name,
        "--trust-file",
        "--clean",
        "--yes-replace",
        target.name,
        "--no-safety-backup",
      );
      expect(failed).toMatchObject({ code: 1, err: expect.stringContaining("division by zero") as unknown });
      expect((await target.sql`select 1 from only_here`).length).toBe(0);
      const cleaned = await restore("shop.sql", target.name, "--trust-file", "--clean", "--yes-replace", target.name, "--no-safety-backup");
      expect(cleaned).toMatchObject({ code: 0 });
      expect(await target.sql`select to_regclass('public.only_here') as found`).toEqual([{ found: null }]);
      expect(await ordersIn(target)).toEqual(await ordersIn(shop));
    });
  });
}
