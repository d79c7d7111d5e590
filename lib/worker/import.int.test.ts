import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { imports } from "#lib/db/schema/imports";
import { packs } from "#lib/db/schema/packs";
import { sources } from "#lib/db/schema/sources";
import { findSandboxUser } from "#lib/clusters/sandbox-user";
import type { RunRow } from "#lib/services/runs/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { verifyBackup } from "#lib/services/backups/verify";
import { importFromFolder } from "#lib/services/imports/from-folder";
import { createBackup } from "#lib/services/backups/run-now";
import { startImport } from "#lib/services/imports/start";
import { createRestore } from "#lib/services/restores/start";
import { testContext, type TestContext } from "#lib/testing/context";
import {
  createCatalogue,
  createShopDatabase,
  describeOn,
  type TestCatalogue,
  type TestDatabase,
  type TestServer,
} from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { removeFolder } from "#lib/testing/temporary-folder";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
const takenAt = "2026-03-04T05:06:07.000Z";
/** Loading what comes from elsewhere takes a second account: only root has one. */
const noSandbox = await findSandboxUser().then((found) => ("why" in found ? found.why : null));

describeOn(17, (server: TestServer) => {
  let test: TestCatalogue;
  let context: TestContext;
  let station: Station;
  let shop: TestDatabase;
  let worker: Worker;
  /** Swaps what lies at the path while it is decoded; answers how it is put back. */
  let swapBeforeDecoding: ((path: string) => () => void) | null = null;
  let serverId: string;
  let sourceId: string;
  let folder: string;
  const db = () => test.catalogue.db;
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lifeboat-imports-"));
    test = await createCatalogue();
    context = testContext(test.catalogue);
    shop = await createShopDatabase(server);
    await shop.sql`create role import_owner nologin`.catch(() => undefined);
    await shop.sql`create schema app`;
    await shop.sql`create table app.notes (id int primary key, at timestamptz, body text)`;
    await shop.sql`insert into app.notes select i, '2026-01-01 12:00+02'::timestamptz, E'\\\\restrict ' || i from generate_series(1, 500) i`;
    await shop.sql`alter table app.notes owner to import_owner`;
    ({ serverId, sourceId } = await addSource(context, server, shop.name));
    station = await createStation({ catalogue: test.catalogue, url: test.url, context, importDirs: [folder] });
    chmodSync(dirname(station.backupDir), 0o711);
    const change = (deps: WorkerDeps): WorkerDeps => {
      const decodePack: typeof deps.imports.decodePack = (path, ...rest) => {
        const putBack = swapBeforeDecoding?.(path);
        return deps.imports.decodePack(path, ...rest).finally(putBack);
      };
      return { ...deps, imports: { ...deps.imports, decodePack } };
    };
    worker = await station.startWorker({ change });
  });
  afterAll(async () => {
    await worker.stop();
    await shop.drop();
    await server.admin()`drop role if exists import_owner`;
    await test.drop();
    await station.remove();
    await removeFolder(folder);
  });

  /** A dump by the server's own tools; no shell sees the password. */
  function dump(...args: string[]): Buffer {
    const { host, port, superuser, password, binDir } = server;
    const env = {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: superuser,
      PGPASSWORD: password,
      PGDATABASE: shop.name,
      PGSSLMODE: "disable",
      PGTZ: "Asia/Tokyo",
    };
    return execFileSync(join(binDir, "pg_dump"), args, {
      env: env as unknown as NodeJS.ProcessEnv,
      maxBuffer: 1e9,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  function put(name: string, bytes: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  async function take(path: string, into = sourceId): Promise<RunRow> {
    const { id } = await importFromFolder(context, { ...none, params: {}, body: { path } });
    const run = await startImport(context, { ...none, params: { id }, body: { sourceId: into, takenAt } });
    return untilEnded(db(), run.id);
  }

  async function made(run: RunRow) {
    expect(run).toMatchObject({ state: "succeeded", error: null });
    const [backup] = await db()
      .select()
      .from(backups)
      .where(eq(backups.id, run.backupId ?? ""));
    const tables = await db()
      .select()
      .from(backupTables)
      .where(eq(backupTables.backupId, run.backupId ?? ""));
    return { backup: backup!, tables };
  }

  async function restore(backupId: string, database: string) {
    const body = restoreOrder({ backupId, serverId, database, jobs: 2, keepOnFailure: false });
    const { run } = await createRestore(context, { ...none, params: {}, body });
    const ended = await untilEnded(db(), run.id);
    await server.admin().unsafe(`drop database if exists "${database}" with (force)`);
    return ended;
  }

  /** Rows of every table as the database itself counts them. */
  async function trueRows(): Promise<Record<string, number>> {
    const found = await shop.sql<{ schema: string; name: string }[]>`
      select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;
    const rows: Record<string, number> = {};
    for (const { schema, name } of found) {
      const [row] = await shop.sql.unsafe(`select count(*)::int as n from "${schema}"."${name}"`);
      rows[`${schema}.${name}`] = (row as unknown as { n: number }).n;
    }
    return rows;
  }

  const rowsOf = (tables: (typeof backupTables.$inferSelect)[]) =>
    Object.fromEntries(tables.map((each) => [`${each.schema}.${each.table}`, each.rows]));

  describe("archives in custom format", () => {
    it.each(["--compress=0", "--compress=gzip:6", "--compress=zstd:1"])(
      "%s are stored as they are, with every table's rows, and restore",
      async (compress) => {
        const bytes = dump("-Fc", compress);
        const path = put(`archive ${compress.replaceAll(/\W/g, "")} 'x'.sql`, bytes);
        const before = statSync(path);
        const { backup, tables } = await made(await take(path));
        expect(backup).toMatchObject({
          kind: "full",
          origin: "imported",
          state: "available",
          extension: "dump",
          snapshotAt: new Date(takenAt),
          database: shop.name,
        });
        expect(backup.imported).toEqual({
          fileName: path.slice(folder.length + 1),
          bytes: bytes.length,
          sha256: sha256(bytes),
          format: "pg-custom",
          takenFrom: "asked",
        });
        expect(backup.streamBytes).toBe(bytes.length);
        expect(rowsOf(tables)).toEqual(await trueRows());
        // What depends on the zone of whoever dumped it is compared by its rows alone; the rest by its digest.
        expect(tables.find((each) => each.table === "notes")?.sha256).toBe("0".repeat(64));
        expect(tables.filter((each) => each.sha256 !== "0".repeat(64)).length).toBeGreaterThan(0);
        expect(backup.manifest?.roles).toEqual(expect.arrayContaining(["import_owner", server.superuser]));
        expect(backup.listing).toContain("TABLE DATA app notes");
        const [pack] = await db().select().from(packs).where(eq(packs.backupId, backup.id));
        const stored = execFileSync("zstd", ["-dc", join(station.backupDir, pack?.key ?? "")], { maxBuffer: 1e9 });
        expect(sha256(stored)).toBe(sha256(bytes));
        const after = statSync(path);
        expect([after.mtimeMs, after.size, after.ino]).toEqual([before.mtimeMs, before.size, before.ino]);
        expect(await restore(backup.id, `imported_${process.pid}`)).toMatchObject({ state: "succeeded", error: null });
      },
    );

    it("inside gzip and zstd are stored without it", async () => {
      const bytes = dump("-Fc", "--compress=0");
      for (const [name, packed] of [
        ["a.gz", gzipSync(bytes)],
        ["a.zst", zstdCompressSync(bytes)],
      ] as const) {
        const { backup } = await made(await take(put(name, packed)));
        expect([backup.streamBytes, backup.imported?.sha256]).toEqual([bytes.length, sha256(packed)]);
      }
    });

    it("that are cut, or whose data are damaged, make no backup", async () => {
      const gz = dump("-Fc", "--compress=gzip:6");
      const plain = dump("-Fc", "--compress=0");
      const damaged = Buffer.from(gz);
      for (let at = Math.floor(gz.length * 0.8); at < Math.floor(gz.length * 0.8) + 64; at += 1) damaged[at]! ^= 0xff;
      const before = await db().select().from(backups);
      for (const [name, bytes] of [
        ["cut.dump", gz.subarray(0, -200)],
        ["half.dump", plain.subarray(0, plain.length / 2)],
        ["flipped.dump", damaged],
      ] as const) {
        const run = await take(put(name, bytes));
        expect({ name, code: run.error?.code }).toEqual({ name, code: "stream-cut" });
      }
      expect(await db().select().from(backups)).toHaveLength(before.length);
    });
  });

  it("hostile scripts fail with their line before anything is started, and nothing that they wanted is there", async () => {
    const canary = join(folder, "canary");
    const hostile: [string, number][] = [
      [`\\! touch ${canary}\n`, 1],
      [`select 1;\n\\copy (select 1) to program 'touch ${canary}'\n`, 2],
      [`\\restrict a\n\\unrestrict a\n\\o |touch ${canary}\n`, 3],
      [`copy (select 1) to program 'touch ${canary}';\n`, 1],
      ["create table t (a text);\n\\i /etc/passwd\n", 2],
      [`begin;\n\\set x \`touch ${canary}\`\n`, 2],
      ["select 1;\n\\lo_import /etc/passwd\n", 2],
    ];
    for (const [nth, [text, line]] of hostile.entries()) {
      const begins = nth % 2 === 0 ? "" : "-- PostgreSQL database dump\n";
      const script = `${begins}set a = 1;\n${text}`;
      const run = await take(put(`hostile-${nth}.sql`, nth % 3 === 0 ? gzipSync(script) : script));
      const at = line + (begins === "" ? 1 : 2);
      expect({ text, error: run.error }).toMatchObject({ text, error: { code: "script-forbidden", params: { line: at } } });
      expect(existsSync(canary)).toBe(false);
    }
  });

  describe("SQLite files", () => {
    it("are checked by SQLite and stored as they are; damaged ones are refused", async () => {
      const path = join(folder, "app.sqlite");
      const lite = new DatabaseSync(path);
      lite.exec(
        "create table t (a integer primary key, b text); with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into t select i, 'row ' || i from n",
      );
      lite.close();
      const bytes = readFileSync(path);
      const { sourceId: fileSource } = await addSource(context, server, "unused");
      await db()
        .update(sources)
        .set({ engine: "sqlite", serverId: null, database: "app", path: "/nowhere/app.sqlite", workerGroup: "default" })
        .where(eq(sources.id, fileSource));
      const { backup, tables } = await made(await take(path, fileSource));
      expect(backup).toMatchObject({ extension: "db", origin: "imported", streamBytes: bytes.length });
      expect(rowsOf(tables)).toEqual({ "main.t": 2000 });
      expect(readdirSync(folder).filter((name) => /-wal|-shm|-journal/.test(name))).toEqual([]);
      const open = new DatabaseSync(path);
      open.exec("pragma journal_mode = wal; pragma wal_autocheckpoint = 0; insert into t values (2001, 'in the log alone')");
      expect((await take(path, fileSource)).error).toMatchObject({ code: "sqlite-check-failed", params: { check: "journal" } });
      open.close();
      expect(rowsOf((await made(await take(path, fileSource))).tables)).toEqual({ "main.t": 2001 });
      const damaged = Buffer.from(bytes);
      damaged.fill(0xff, 8192, 12_288);
      expect((await take(put("broken.sqlite", damaged), fileSource)).error?.code).toMatch(/sqlite-check-failed|file-not-sqlite/);
    });
  });

  describe("packs of another Lifeboat", () => {
    it("are decoded and checked; a sidecar beside them tells what they are", async () => {
      const { backup } = await made(await take(put("own.dump", dump("-Fc", "--compress=0"))));
      const [pack] = await db().select().from(packs).where(eq(packs.backupId, backup.id));
      const key = pack?.key ?? "";
      const bytes = readFileSync(join(station.backupDir, key));
      const path = put("another.dump.zst", bytes);
      writeFileSync(`${path}.json`, readFileSync(join(station.backupDir, `${key}.json`)));
      const verified = await verifyBackup(context, { ...none, params: { id: backup.id }, body: {} });
      expect(await untilEnded(db(), verified.id)).toMatchObject({ state: "succeeded", error: null });
      const { id } = await importFromFolder(context, { ...none, params: {}, body: { path } });
      const run = await startImport(context, { ...none, params: { id }, body: { sourceId } });
      const again = await made(await untilEnded(db(), run.id));
      expect(again.backup).toMatchObject({
        origin: "imported",
        snapshotAt: backup.snapshotAt,
        streamBytes: backup.streamBytes,
        imported: { format: "lifeboat-pack", takenFrom: "sidecar" },
      });
      const alone = await importFromFolder(context, { ...none, params: {}, body: { path: put("alone.dump.zst", bytes) } });
      const without = await startImport(context, { ...none, params: { id: alone.id }, body: { sourceId } });
      expect((await untilEnded(db(), without.id)).error?.code).toBe("invalid-input");
      const flipped = Buffer.from(bytes);
      flipped[Math.floor(bytes.length / 3)]! ^= 1;
      expect((await take(put("flipped.dump.zst", flipped))).error?.code).toMatch(/pack-damaged|stream-mismatch/);
    });

    it("are refused when another pack lies under the name while they are decoded, though the first one is back afterwards", async () => {
      const [pack, other] = await Promise.all(
        ["--no-owner", "--schema-only"].map(async (option) => {
          const { backup } = await made(await take(put(`swap${option}.dump`, dump("-Fc", "--compress=0", option))));
          const [row] = await db().select().from(packs).where(eq(packs.backupId, backup.id));
          return readFileSync(join(station.backupDir, row?.key ?? ""));
        }),
      );
      const path = put("swapped.dump.zst", pack!);
      swapBeforeDecoding = (at) => {
        renameSync(at, `${at}.aside`);
        writeFileSync(at, other!);
        return () => renameSync(`${at}.aside`, at);
      };
      const run = await take(path);
      swapBeforeDecoding = null;
      expect(run).toMatchObject({ state: "failed", error: { code: "file-changed", params: { path } } });
    });
  });

  it("a member of another Lifeboat's chain takes the packs that it needs beside it, whatever they are called", async () => {
    const { sourceId: chained } = await addSource(context, server, shop.name);
    const backUp = async (kind: "full" | "incremental") => {
      const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId: chained, kind, reason: "", note: "" } });
      const { backupId } = await untilEnded(db(), id);
      const [pack] = await db()
        .select()
        .from(packs)
        .where(eq(packs.backupId, backupId ?? ""));
      const [row] = await db()
        .select()
        .from(backups)
        .where(eq(backups.id, backupId ?? ""));
      return { bytes: readFileSync(join(station.backupDir, pack?.key ?? "")), row: row! };
    };
    const full = await backUp("full");
    await shop.sql`insert into app.notes values (9001, now(), 'new')`;
    const member = await backUp("incremental");
    expect(member.row.kind).toBe("incremental");
    expect((await take(put("member.zst", member.bytes))).error?.code).toBe("chain-broken");
    put("renamed.bin", full.bytes);
    const { backup, tables } = await made(await take(put("member.zst", member.bytes)));
    expect(backup).toMatchObject({ kind: "full", origin: "imported", streamBytes: member.row.streamBytes });
    expect(rowsOf(tables)["app.notes"]).toBe(501);
    const damaged = Buffer.from(full.bytes);
    damaged[500]! ^= 1;
    put("renamed.bin", damaged);
    expect((await take(join(folder, "member.zst"))).error?.code).toMatch(/pack-damaged/);
  });

  describe.skipIf(noSandbox !== null)(`scripts and directories, in a sandbox${noSandbox === null ? "" : ` (${noSandbox})`}`, () => {
    const sandboxes = () => {
      const root = join(dirname(station.tempDir), "sandboxes");
      return existsSync(root) ? readdirSync(root) : [];
    };

    it("plain SQL becomes a backup like any other, with owners, and restores equal", async () => {
      const text = dump("--create", "--clean", "--if-exists");
      const { backup, tables } = await made(await take(put("shop.sql.gz", gzipSync(text))));
      expect(rowsOf(tables)).toEqual(await trueRows());
      expect(backup).toMatchObject({
        origin: "imported",
        extension: "dump",
        snapshotAt: new Date(takenAt),
        imported: { format: "pg-plain" },
      });
      expect(backup.manifest?.roles).toContain("import_owner");
      const ended = await restore(backup.id, `script_${process.pid}`);
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      await expect.poll(sandboxes).toEqual([]);
    });

    it("a directory in a tar, and a tar of pg_dump itself, become the same", async () => {
      const directory = join(folder, "directory");
      dump("-Fd", "-f", directory);
      execFileSync("tar", ["-C", folder, "-czf", join(folder, "directory.bin"), "directory"]);
      const rows = await trueRows();
      expect(rowsOf((await made(await take(join(folder, "directory.bin")))).tables)).toEqual(rows);
      expect(rowsOf((await made(await take(put("own.tar", dump("-Ft"))))).tables)).toEqual(rows);
      await expect.poll(sandboxes).toEqual([]);
    });

    it("a statement that fails names its line, and nothing stays", async () => {
      const run = await take(put("bad.sql", "create table t (a int);\n\n  insert into t values (1),\n ('x');\nselect 1;\n"));
      expect(run).toMatchObject({
        state: "failed",
        error: { code: "script-failed", params: { detail: expect.stringContaining("invalid input syntax") as string } },
      });
      expect(run.error?.params["line"]).toBe(4);
      const [row] = await db().select().from(imports).where(eq(imports.runId, run.id));
      expect(row).toMatchObject({ state: "failed", error: { code: "script-failed" } });
      await expect.poll(sandboxes).toEqual([]);
    });
  });
});
