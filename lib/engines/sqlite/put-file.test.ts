import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chownSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitGuard } from "../port.ts";
import type { ChildEvent } from "./child-protocol.ts";
import { type Ground, type JournalMode, makeDatabase, makeGround, readInvariant, startWriter } from "./sqlite-fixture.ts";

let ground: Ground;
beforeEach(async () => {
  ground = await makeGround();
});
afterEach(async () => {
  await ground.remove();
});

const inside = (name: string) => join(ground.root, name);
const commit: CommitGuard = (rename) => rename();

/** The old file, with `moves` rows of which some stand in its log alone, and a new one that has none. */
async function scene(mode: JournalMode, options: { rows?: number } = {}) {
  const path = inside("app.db");
  makeDatabase(path, { mode, fillerRows: options.rows ?? 20 });
  const temporary = ground.engine.temporaryPath(path, "run_1-1");
  makeDatabase(temporary, { mode, fillerRows: 5 });
  const identity = await ground.engine.seal(temporary);
  const { identity: old } = await ground.engine.inspectTarget(path);
  return { path, temporary, identity, old: old ?? "", before: readFileSync(path) };
}

/** Leaves committed rows in a log beside the file, as an application that died does. */
function dieWithLog(path: string): void {
  const script = `const { DatabaseSync } = require("node:sqlite"); const db = new DatabaseSync(${JSON.stringify(path)});
    db.exec("pragma wal_autocheckpoint = 0; insert into moves (at) values ('a'), ('b'), ('c')"); process.kill(process.pid, "SIGKILL")`;
  const { signal } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", script]);
  expect(signal).toBe("SIGKILL");
}

describe("a file in the place of another", () => {
  it.each<JournalMode>(["wal", "delete"])("is put there whole, with nothing of the old one's left beside it (%s)", async (mode) => {
    const { path, temporary, identity, old } = await scene(mode);
    if (mode === "wal") dieWithLog(path);
    const target = { path, identity: old, ignoreOpenFile: false, oldSha256: null };
    expect(await ground.engine.replace(temporary, target, ground.context(), commit)).toEqual({ isSame: true });
    expect(await ground.engine.identityOf(path)).toBe(identity);
    expect(readInvariant(path).moves).toBe(0);
    expect(readdirSync(ground.root).filter((name) => name !== "own" && name !== "app.db" && !name.startsWith("app.db-"))).toEqual([]);
  });

  it("keeps owner and mode of the old one", async () => {
    const { path, temporary, old } = await scene("delete");
    chownSync(path, 12_345, 23_456);
    await ground.engine.replace(temporary, { path, identity: old, ignoreOpenFile: false, oldSha256: null }, ground.context(), commit);
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 23_456 });
  });

  it("does not go on when something was written that the safety backup does not have", async () => {
    const { path, temporary, old } = await scene("wal");
    const sha256 = await digestOfSnapshot(path);
    const target = { path, identity: old, ignoreOpenFile: false, oldSha256: sha256 };
    dieWithLog(path);
    await expect(ground.engine.replace(temporary, target, ground.context(), commit)).rejects.toMatchObject({ code: "file-changed" });
    expect(readInvariant(path).moves).toBe(3);
    expect(
      await ground.engine.replace(temporary, { ...target, oldSha256: await digestOfSnapshot(path) }, ground.context(), commit),
    ).toEqual({ isSame: true });
  });

  it.each<JournalMode>(["wal", "delete"])(
    "refuses while a process has it open, and with leave to go on keeps both files apart (%s)",
    async (mode) => {
      const { path, temporary, old } = await scene(mode);
      const writer = await startWriter(path, { hold: "idle" });
      const target = { path, identity: old, ignoreOpenFile: false, oldSha256: null };
      await expect(ground.engine.replace(temporary, target, ground.context(), commit)).rejects.toMatchObject({
        code: "file-in-use",
        params: { count: 1 },
      });
      await ground.engine.replace(temporary, { ...target, ignoreOpenFile: true }, ground.context(), commit);
      const fresh = new DatabaseSync(path);
      fresh.exec("insert into moves (at) values ('of the new one')");
      await writer.stop();
      expect(fresh.prepare("select count(*) as rows from moves").get()).toEqual({ rows: 1 });
      expect(fresh.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
      fresh.close();
      expect(readInvariant(path).moves).toBe(1);
    },
  );

  it("waits for no transaction longer than it said, whoever gave leave", async () => {
    const { path, temporary, old } = await scene("delete");
    const writer = await startWriter(path, { hold: "transaction" });
    const target = { path, identity: old, ignoreOpenFile: true, oldSha256: null };
    await expect(ground.engine.replace(temporary, target, ground.context(), commit)).rejects.toMatchObject({ code: "file-in-use" });
    await writer.stop();
    expect(await ground.engine.identityOf(path)).toBe(old);
  });

  it("does nothing when the guard refuses, when another file has the name, or when it comes too late", async () => {
    const { path, temporary, old } = await scene("wal");
    const target = { path, identity: old, ignoreOpenFile: false, oldSha256: null };
    await expect(ground.engine.replace(temporary, target, ground.context(), () => Promise.reject(new Error("not yours")))).rejects.toThrow(
      "not yours",
    );
    expect(await ground.engine.identityOf(path)).toBe(old);
    copyFileSync(path, inside("other.db"));
    await expect(ground.engine.replace(temporary, { ...target, identity: "1:1" }, ground.context(), commit)).rejects.toMatchObject({
      code: "file-changed",
    });
    expect(await ground.engine.identityOf(path)).toBe(old);
  });

  it("replaces what is no database any more, log and all", async () => {
    const { path, temporary, identity } = await scene("wal");
    dieWithLog(path);
    writeFileSync(path, Buffer.alloc(8192, 7));
    const { identity: old } = await ground.engine.inspectTarget(path);
    await ground.engine.replace(temporary, { path, identity: old ?? "", ignoreOpenFile: false, oldSha256: null }, ground.context(), commit);
    expect(await ground.engine.identityOf(path)).toBe(identity);
    expect(readInvariant(path).moves).toBe(0);
  });

  it("is whole whenever the process that puts it there is killed: the old one with its log, or the new one without", async () => {
    const ends: string[] = [];
    for (let point = 1, died = true; died; point += 1) {
      for (const when of ["before", "after"] as const) {
        const { path, temporary, identity, old } = await scene("wal");
        dieWithLog(path);
        died = await replaceDyingAt({ temporary, path, identity: old, scratch: inside("scratch") }, { point, when });
        const isNew = (await ground.engine.identityOf(path)) === identity;
        ends.push(isNew ? "new" : "old");
        expect([point, when, readInvariant(path).moves]).toEqual([point, when, isNew ? 0 : 3]);
        const db = new DatabaseSync(path);
        expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
        db.close();
        await ground.remove();
        ground = await makeGround();
      }
    }
    expect(ends.length).toBeGreaterThan(14);
    expect(ends.slice(0, 4)).toEqual(["old", "old", "old", "old"]);
    expect(new Set(ends)).toEqual(new Set(["old", "new"]));
  });
});

describe("a new file", () => {
  it("takes no name that is taken, not even between the look and the link", async () => {
    const { path, temporary, before } = await scene("delete");
    await expect(ground.engine.place(temporary, path)).rejects.toMatchObject({ code: "file-exists", params: { path } });
    expect(readFileSync(path)).toEqual(before);
    await ground.engine.place(temporary, inside("fresh.db"));
    expect(existsSync(temporary)).toBe(false);
    expect(readInvariant(inside("fresh.db")).moves).toBe(0);
  });

  it("is told of a log that was left behind under its name", async () => {
    writeFileSync(inside("gone.db-wal"), "old");
    expect(await ground.engine.inspectTarget(inside("gone.db"))).toMatchObject({ exists: false, leftovers: [inside("gone.db-wal")] });
  });
});

async function digestOfSnapshot(path: string): Promise<string> {
  const snapshot = await ground.engine.snapshot({ path, keepDamaged: false }, ground.context());
  const hash = createHash("sha256");
  for await (const { bytes } of snapshot.chunks()) hash.update(bytes);
  await snapshot.finish();
  await snapshot.close();
  return hash.digest("hex");
}

/** The child alone, which dies at one of its changes to the file system; false when there are not so many. */
async function replaceDyingAt(request: object, { point, when }: { point: number; when: string }): Promise<boolean> {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const args = ["--disable-warning=ExperimentalWarning", "--import", here("die-at-fixture.ts"), here("child.ts"), String(point), when];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => undefined);
  const ended = once(child, "exit");
  const order = { command: "replace", ignoreOpenFile: false, busyMs: 1_000, oldSha256: null, ...request };
  child.stdin.write(`${JSON.stringify(order)}\n`);
  // As the engine does: the word is given when the child is ready for it, since an old one is worth nothing.
  createInterface(child.stdout).on("line", (line) => {
    if ((JSON.parse(line) as ChildEvent).event === "ready") child.stdin.end(`${JSON.stringify({ goAt: Date.now() })}\n`);
  });
  const [, signal] = (await ended) as [number | null, string | null];
  return signal === "SIGKILL";
}
