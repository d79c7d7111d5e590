import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveFile } from "./paths.ts";
import {
  type Ground,
  type JournalMode,
  makeDatabase,
  makeGround,
  readInvariant,
  readStream,
  startWriter,
  total,
} from "./sqlite-fixture.ts";

let ground: Ground;
beforeEach(async () => {
  ground = await makeGround();
});
afterEach(async () => {
  await ground.remove();
});

const file = (name: string) => join(ground.root, name);

/** The snapshot's stream as a file of its own. */
async function take(path: string, keepDamaged = false) {
  const begunMs = performance.now();
  const snapshot = await ground.engine.snapshot({ path, keepDamaged }, ground.context());
  const copyingMs = performance.now() - begunMs;
  try {
    const bytes = await readStream(snapshot);
    const result = await snapshot.finish();
    const copy = join(ground.outside, `copy-${Math.random()}.db`);
    writeFileSync(copy, bytes);
    return { snapshot, bytes, result, copy, copyingMs };
  } finally {
    await snapshot.close();
  }
}

describe("a snapshot of an SQLite file", () => {
  it.each<JournalMode>(["wal", "delete"])("is consistent while another process writes without pause (%s), which goes on", async (mode) => {
    const path = file("busy.db");
    makeDatabase(path, { mode, fillerRows: 8_000 });
    // In WAL mode nobody waits: a writer that meets a lock once is told so.
    const writer = await startWriter(path, { busyMs: mode === "wal" ? 0 : 120_000 });
    const taken = [await take(path), await take(path), await take(path)];
    const { commits, slowestMs, busy } = await writer.stop();
    for (const { copy, result } of taken) {
      expect(readInvariant(copy).sum).toBe(total);
      expect(result.tables.find((table) => table.table === "moves")?.rows).toBe(readInvariant(copy).moves);
    }
    const moves = taken.map(({ copy }) => readInvariant(copy).moves);
    expect(moves).toEqual(moves.toSorted((left, right) => left - right));
    expect(commits).toBeGreaterThan(moves.at(-1) ?? 0);
    expect(busy).toBe(0);
    // With a rollback journal a writer waits for the copying of the whole at most, when it cannot be had in pieces.
    expect(slowestMs).toBeLessThan(Math.max(...taken.map(({ copyingMs }) => copyingMs)));
  });

  it("has the rows that stand only in the log, and does not touch the file", async () => {
    const path = file("logged.db");
    makeDatabase(path, { mode: "wal" });
    const db = new DatabaseSync(path);
    db.exec("pragma wal_autocheckpoint = 0; insert into moves (at) values ('a'), ('b'), ('c')");
    const before = readFileSync(path);
    const { copy, result } = await take(path);
    expect(result.tables.find((table) => table.table === "moves")?.rows).toBe(3);
    expect(readInvariant(copy).moves).toBe(3);
    expect(readFileSync(path)).toEqual(before);
    db.close();
  });

  it("copies pages 1:1: but for three counters in its header the copy of an unchanged file is the file", async () => {
    const path = file("same.db");
    makeDatabase(path, { fillerRows: 500 });
    const original = readFileSync(path);
    const { bytes } = await take(path);
    const { bytes: again } = await take(path);
    expect(bytes.length).toBe(original.length);
    const differs = [...original.keys()].filter((at) => original[at] !== bytes[at]);
    expect(differs.every((at) => (at >= 24 && at < 28) || (at >= 40 && at < 44) || (at >= 92 && at < 96))).toBe(true);
    expect(again).toEqual(bytes);
  });

  it("rolls back in the copy what a killed writer left half done, and leaves the file to its application", async () => {
    const path = file("hot.db");
    makeDatabase(path, { fillerRows: 200 });
    const made = makeHotJournal(path);
    const before = readFileSync(path);
    const { copy } = await take(path);
    expect(readInvariant(copy)).toEqual({ sum: total, moves: 0 });
    expect(made).toBe(true);
    expect(readFileSync(path)).toEqual(before);
    expect(existsSync(`${path}-journal`)).toBe(true);
  });

  it.runIf(process.getuid?.() === 0)("reads a file in WAL mode of a folder that it may not write to, in use or not", async () => {
    const path = file("foreign.db");
    makeDatabase(path, { mode: "wal" });
    chmodSync(path, 0o644);
    chmodSync(ground.base, 0o755);
    expect(readdirSync(ground.root)).toEqual(["foreign.db", "own"]);
    expect(await copyAsNobody(path)).toMatchObject({ event: "copied", journalMode: "wal" });
    const writer = await startWriter(path);
    expect(await copyAsNobody(path)).toMatchObject({ event: "copied", journalMode: "wal" });
    await writer.stop();
  });

  it("refuses a file that SQLite finds damaged, and keeps it with warnings when told to", async () => {
    const path = file("damaged.db");
    makeDatabase(path, { fillerRows: 400 });
    damage(path);
    await expect(take(path)).rejects.toMatchObject({ code: "sqlite-check-failed", params: { check: "integrity_check" } });
    const { result, bytes } = await take(path, true);
    expect(result.warnings.some((line) => line.startsWith("integrity_check: "))).toBe(true);
    expect(bytes.length).toBe(readFileSync(path).length);
  });

  it("tells of rows whose foreign key leads nowhere, as warnings", async () => {
    const path = file("orphans.db");
    const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    db.exec("create table a (id integer primary key); create table b (a references a (id)); insert into b values (1), (2)");
    db.close();
    const { result } = await take(path);
    expect(result.warnings).toHaveLength(2);
    expect(result.warnings[0]).toContain("of b refers to a row of a that is not there");
  });

  it("counts tables of hostile names exactly, shadow tables too, and opens with the stock tool", async () => {
    const path = file("names.db");
    const db = new DatabaseSync(path);
    const names = ['we"ird', "two\nlines", "; drop table x", "-x", "ñandú 🛟", "select"];
    for (const name of names) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      db.exec(`create table ${quoted} (a); insert into ${quoted} values (1), (2)`);
    }
    db.exec("create virtual table notes using fts5 (body); insert into notes values ('one'); create view v as select 1");
    db.close();
    const { result, copy } = await take(path);
    const rows = new Map(result.tables.map((table) => [table.table, table.rows]));
    for (const name of names) expect(rows.get(name)).toBe(2);
    expect(rows.has("notes")).toBe(false);
    expect(rows.get("notes_content")).toBe(1);
    expect(execFileSync("sqlite3", [copy, 'select count(*) from "select"']).toString().trim()).toBe("2");
  });

  it("says with numbers that the work folder has no room, before anything is copied", async () => {
    const path = file("large.db");
    makeDatabase(path);
    // A file with a hole: large to look at, and nothing on the disk.
    const hole = openSync(path, "r+");
    writeSync(hole, Buffer.from([0]), 0, 1, 2 ** 43);
    closeSync(hole);
    await expect(take(path)).rejects.toMatchObject({ code: "no-space", params: { neededBytes: expect.any(Number) } });
  });

  it("fails with the signal when the process that copies is killed, and leaves the file to its writers", async () => {
    const path = file("killed.db");
    makeDatabase(path);
    // The copy waits for this lock, and so cannot be done before it is killed.
    const locker = new DatabaseSync(path);
    locker.exec("begin exclusive");
    const pending = ground.engine.snapshot({ path, keepDamaged: false }, ground.context());
    pending.catch(() => undefined);
    await expect.poll(() => killCopier(path)).toBe(true);
    await expect(pending).rejects.toMatchObject({ code: "tool-killed", params: { signal: "SIGKILL" } });
    locker.exec("rollback");
    locker.close();
    const writer = await startWriter(path);
    expect((await writer.stop()).busy).toBe(0);
    expect(readInvariant((await take(path)).copy).sum).toBe(total);
  });

  it("ends its processes when it is cancelled or closed early", async () => {
    const path = file("cancelled.db");
    makeDatabase(path, { fillerRows: 3_000 });
    const stop = new AbortController();
    const pending = ground.engine.snapshot({ path, keepDamaged: false }, { ...ground.context(), signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(pending).rejects.toThrow("enough");
    const snapshot = await ground.engine.snapshot({ path, keepDamaged: false }, ground.context());
    await snapshot.close();
    await snapshot.close();
    expect(existsSync(join(ground.work, "snapshot.db"))).toBe(false);
  });
});

/** A journal of a transaction whose pages reached the file, as a crash of the machine leaves it. */
function makeHotJournal(path: string): boolean {
  const db = new DatabaseSync(path);
  db.exec(
    "pragma cache_size = 5; pragma cache_spill = on; begin immediate; update checking set amount = 7; update filler set body = zeroblob(4000)",
  );
  copyFileSync(path, `${path}.crash`);
  copyFileSync(`${path}-journal`, `${path}.crash-journal`);
  db.exec("rollback");
  db.close();
  copyFileSync(`${path}.crash`, path);
  copyFileSync(`${path}.crash-journal`, `${path}-journal`);
  return existsSync(`${path}-journal`);
}

/** What the child says last when it runs as a user who owns nothing. */
async function copyAsNobody(path: string): Promise<unknown> {
  const to = join(ground.work, "nobody", "copy.db");
  mkdirSync(join(ground.work, "nobody"), { recursive: true });
  chownSync(join(ground.work, "nobody"), 65_534, 65_534);
  const { identity } = await resolveFile(path, { roots: [ground.root], forbidden: [] });
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const said = execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    input: `${JSON.stringify({ command: "copy", path, identity, to, busyMs: 2_000 })}\n`,
    uid: 65_534,
    gid: 65_534,
  });
  return JSON.parse(said.toString().trim().split("\n").at(-1) ?? "null");
}

/** Kills our child that has the file open, by what it has open. */
function killCopier(path: string): boolean {
  let killed = false;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      const holds = readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
      if (!holds) continue;
      process.kill(Number(pid), "SIGKILL");
      killed = true;
    } catch {
      // It ended meanwhile.
    }
  }
  return killed;
}

/** Garbage over the middle of the file: inner pages, where the b-trees are. */
function damage(path: string): void {
  const { length } = readFileSync(path);
  const opened = openSync(path, "r+");
  writeSync(opened, Buffer.alloc(16_384, 0xa5), 0, 16_384, Math.floor(length / 2));
  closeSync(opened);
}
