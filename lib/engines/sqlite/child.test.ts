import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import { failureOf } from "./child-line.ts";
import type { ChildEvent, ChildRequest } from "./child-protocol.ts";
import { work } from "./child-work.ts";
import { resolveFile } from "./paths.ts";
import { type Ground, makeDatabase, makeGround, readInvariant, startWriter, total } from "./sqlite-fixture.ts";

// The child's own code in this process: what it says is collected, what it hears comes from the test.
const talk = vi.hoisted(() => ({ said: [] as unknown[], heard: [] as string[] }));
vi.mock(import("./child-line.ts"), async (original) => ({
  ...(await original()),
  say: (event: ChildEvent) => void talk.said.push(event),
  hear: () => talk.heard.shift() ?? null,
}));

let ground: Ground;
beforeEach(async () => {
  ground = await makeGround();
  talk.said.length = 0;
  talk.heard.length = 0;
});
afterEach(async () => {
  await ground.remove();
});

const inside = (name: string) => join(ground.root, name);
const identify = async (path: string) => (await resolveFile(path, { roots: [ground.root], forbidden: [] })).identity;
const heard = (event: ChildEvent["event"]) => talk.said.filter((each) => (each as ChildEvent).event === event) as ChildEvent[];
const go = () => talk.heard.push(JSON.stringify({ goAt: Date.now() }));

async function copy(path: string, change: Partial<Extract<ChildRequest, { command: "copy" }>> = {}): Promise<string> {
  const to = join(ground.work, "copy.db");
  await work({ command: "copy", path, identity: await identify(path), to, busyMs: 300, ...change });
  return to;
}

describe("the process that opens database files", () => {
  it("looks at a file and counts its rows", async () => {
    const path = inside("app.db");
    makeDatabase(path, { mode: "wal" });
    const identity = await identify(path);
    await work({ command: "look", path, identity });
    await work({ command: "count", path, identity });
    expect(heard("file")).toMatchObject([{ journalMode: "wal", tables: 4, pageBytes: 4096 }]);
    expect(heard("table")).toContainEqual({ event: "table", table: "filler", rows: 10 });
  });

  it("copies in steps that grow while somebody commits in between, and tells how often it began again", async () => {
    const path = inside("busy.db");
    makeDatabase(path, { fillerRows: 3_000 });
    const writer = await startWriter(path);
    const to = await copy(path, { busyMs: 10_000 });
    await writer.stop();
    const [copied] = heard("copied") as Extract<ChildEvent, { event: "copied" }>[];
    expect(copied).toMatchObject({ journalMode: "delete" });
    expect(heard("copying").length).toBeGreaterThan(0);
    expect(readInvariant(to).sum).toBe(total);
  });

  it("copies a file in WAL mode and one whose writer died", async () => {
    const path = inside("wal.db");
    makeDatabase(path, { mode: "wal" });
    expect(readInvariant(await copy(path)).sum).toBe(total);
    const hot = inside("hot.db");
    makeDatabase(hot, { fillerRows: 200 });
    const db = new DatabaseSync(hot);
    db.exec("pragma cache_size = 5; pragma cache_spill = on; begin immediate; update filler set body = zeroblob(4000)");
    copyFileSync(hot, inside("crash.db"));
    copyFileSync(`${hot}-journal`, inside("crash.db-journal"));
    db.exec("rollback");
    db.close();
    expect(readInvariant(await copy(inside("crash.db"))).sum).toBe(total);
    expect(existsSync(inside("crash.db-journal"))).toBe(true);
  });

  it("gives up on a lock after its time, with nothing copied", async () => {
    const path = inside("locked.db");
    makeDatabase(path);
    const writer = await startWriter(path, { hold: "exclusive" });
    const failed = await copy(path).then(
      () => null,
      (error: unknown) => failureOf(error, path),
    );
    expect(failed).toMatchObject({ event: "failed", code: "file-in-use" });
    await writer.stop();
  });

  it("checks a copy: damage, foreign keys that lead nowhere, and rows", async () => {
    const path = inside("checked.db");
    const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    db.exec("create table a (id integer primary key); create table b (a references a (id))");
    for (let row = 0; row < 25; row += 1) db.exec("insert into b values (7)");
    db.close();
    await work({ command: "check", path });
    expect(heard("problem")).toEqual([]);
    expect(heard("foreign-key")).toHaveLength(20);
    expect(heard("foreign-keys")).toEqual([{ event: "foreign-keys", count: 25 }]);
    expect(heard("table")).toEqual([
      { event: "table", table: "a", rows: 0 },
      { event: "table", table: "b", rows: 25 },
    ]);
    talk.said.length = 0;
    const odd = inside("odd.db");
    const other = new DatabaseSync(odd, { enableForeignKeyConstraints: false });
    other.exec("create table p (x); create table c (x references p (x)); insert into c values (1)");
    other.close();
    await work({ command: "check", path: odd });
    expect(heard("foreign-key")).toMatchObject([{ text: expect.stringContaining("mismatch") }]);
    talk.said.length = 0;
    makeDatabase(inside("damaged.db"), { fillerRows: 100 });
    const bytes = readFileSync(inside("damaged.db"));
    writeFileSync(inside("damaged.db"), bytes.fill(0xa5, 4096));
    await work({ command: "check", path: inside("damaged.db") });
    expect(heard("problem").length).toBeGreaterThan(0);
    talk.said.length = 0;
    writeFileSync(inside("damaged.db"), bytes.fill(0xa5, 0));
    await work({ command: "check", path: inside("damaged.db") });
    expect(heard("problem")).toHaveLength(1);
  });

  it("opens nothing but the very file: no other one, no link, no folder, no text", async () => {
    makeDatabase(inside("app.db"));
    makeDatabase(inside("other.db"));
    symlinkSync(inside("app.db"), inside("link.db"));
    mkdirSync(inside("folder.db"));
    writeFileSync(inside("text.db"), "x".repeat(200));
    const identity = await identify(inside("app.db"));
    const codeOf = (name: string, as = identity) =>
      work({ command: "count", path: inside(name), identity: as }).then(
        () => null,
        (error: unknown) => (failureOf(error, inside(name)) as { code?: string }).code,
      );
    expect(await codeOf("app.db")).toBeNull();
    expect(await codeOf("other.db")).toBe("file-changed");
    expect(await codeOf("link.db")).toBe("file-changed");
    expect(await codeOf("folder.db")).toBe("file-changed");
    expect(await codeOf("gone.db")).toBe("file-missing");
    expect(await codeOf("text.db", await identify(inside("text.db")))).toBe("file-not-sqlite");
  });

  it.each(["wal", "delete"] as const)("replaces a file when it is told to go, and leaves it when it is not (%s)", async (mode) => {
    const path = inside("app.db");
    makeDatabase(path, { mode });
    const live = new DatabaseSync(path);
    live.exec("pragma wal_autocheckpoint = 0; insert into moves (at) values ('x')");
    live.close();
    chmodSync(path, 0o640);
    const temporary = inside("new.db");
    makeDatabase(temporary, { mode });
    const order = { command: "replace", temporary, path, ignoreOpenFile: false, busyMs: 500, scratch: inside("scratch") } as const;
    const request = { ...order, identity: await identify(path), oldSha256: "0" };
    await expect(work(request)).rejects.toMatchObject({ code: "run-cancelled" });
    talk.heard.push(JSON.stringify({ goAt: Date.now() - 60_000 }));
    await expect(work(request)).rejects.toMatchObject({ code: "run-cancelled" });
    expect(readInvariant(path).moves).toBe(1);
    go();
    await expect(work({ ...request, identity: "1:1" })).rejects.toMatchObject({ code: "file-changed" });
    talk.said.length = 0;
    talk.heard.length = 0;
    go();
    await work(request);
    expect(talk.said).toEqual([{ event: "ready", isSame: false }, { event: "replaced" }]);
    expect(readInvariant(path).moves).toBe(0);
  });

  it("refuses to replace what others have open in WAL mode, and with leave folds the log in first", async () => {
    const path = inside("app.db");
    makeDatabase(path, { mode: "wal" });
    const temporary = inside("new.db");
    makeDatabase(temporary);
    const writer = await startWriter(path, { hold: "idle" });
    const order = { command: "replace", temporary, path, busyMs: 300, scratch: inside("scratch"), oldSha256: "0" } as const;
    const request = { ...order, identity: await identify(path) };
    await expect(work({ ...request, ignoreOpenFile: false })).rejects.toMatchObject({ code: "file-in-use" });
    go();
    await work({ ...request, ignoreOpenFile: true });
    expect(heard("ready")).toEqual([{ event: "ready", isSame: false }]);
    await writer.stop();
    expect(readInvariant(path)).toEqual({ sum: total, moves: 0 });
  });

  it("replaces what is no database any more", async () => {
    const path = inside("app.db");
    const order = { command: "replace", path, ignoreOpenFile: false, busyMs: 300, scratch: inside("scratch"), oldSha256: "0" } as const;
    for (const bytes of [Buffer.alloc(9_000, 1), Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(9_000, 1)])]) {
      writeFileSync(path, bytes);
      const temporary = inside("new.db");
      makeDatabase(temporary);
      go();
      await work({ ...order, temporary, identity: await identify(path) });
      expect(readInvariant(path).moves).toBe(0);
    }
  });

  it("puts what went wrong into words of ours", () => {
    const sqlite = (errcode: number) => Object.assign(new Error("said SQLite"), { errcode });
    const system = (code: string) => Object.assign(new Error("said the system"), { code, syscall: "open" });
    const codeOf = (error: unknown) => (failureOf(error, "/x") as { code?: string }).code;
    expect(codeOf(new LifeboatError("file-changed", { path: "/x" }))).toBe("file-changed");
    const codes = [sqlite(261), sqlite(6), sqlite(8), sqlite(11), sqlite(13), sqlite(26), sqlite(10)].map(codeOf);
    expect(codes).toEqual([
      "file-in-use",
      "file-in-use",
      "permission-denied",
      "sqlite-check-failed",
      "no-space",
      "file-not-sqlite",
      "io-error",
    ]);
    expect(["EACCES", "ENOSPC", "ENOENT", "ELOOP", "EIO"].map(system).map(codeOf)).toEqual([
      "permission-denied",
      "no-space",
      "file-missing",
      "file-changed",
      "io-error",
    ]);
  });
});
