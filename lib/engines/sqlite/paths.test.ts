import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteEngine } from "./engine.ts";
import { pathError, resolveFile, resolveInside, resolveTarget } from "./paths.ts";
import { runChild } from "./run-child.ts";
import { type Ground, makeDatabase, makeGround } from "./sqlite-fixture.ts";

let ground: Ground;
beforeEach(async () => {
  ground = await makeGround();
});
afterEach(async () => {
  await ground.remove();
});

const inside = (name: string) => join(ground.root, name);
const outside = (name: string) => join(ground.outside, name);
const rules = () => ({ roots: [ground.root], forbidden: [ground.own] });
const look = (path: string | null) => ground.engine.look(path, ground.context());
const snapshot = (path: string) => ground.engine.snapshot({ path, keepDamaged: false }, ground.context());

describe("paths of database files", () => {
  it.each(["-x.db", "two\nlines.db", "qu\"ote's $(id);.db", "ñ 🛟.db", "file:x?mode=rw", "%2e%2e"])(
    "backs up %j like any other file",
    async (name) => {
      const path = inside(name);
      makeDatabase(path);
      const found = await look(null);
      expect(found.files.map((each) => each.path)).toEqual([path]);
      expect(await look(path)).toMatchObject({ path, problem: null, file: { tables: 4 } });
      const opened = await snapshot(path);
      expect((await opened.finish()).tables).toHaveLength(4);
      await opened.close();
    },
  );

  it("follows no link that leads out of the allowed folders, whether it is the file, a folder or a chain of links", async () => {
    makeDatabase(outside("secret.db"));
    symlinkSync(outside("secret.db"), inside("link.db"));
    symlinkSync(ground.outside, inside("folder"));
    symlinkSync(inside("link.db"), inside("twice.db"));
    symlinkSync(inside("loop.db"), inside("loop.db"));
    for (const name of ["link.db", "folder/secret.db", "twice.db"]) {
      expect(await look(inside(name))).toMatchObject({ file: null, problem: { code: "file-outside" } });
      await expect(snapshot(inside(name))).rejects.toMatchObject({ code: "file-outside" });
    }
    expect((await look(inside("loop.db"))).problem?.code).toBe("file-missing");
    expect((await look(null)).files).toEqual([]);
    await expect(resolveTarget(inside("folder/new.db"), rules())).rejects.toMatchObject({ code: "file-outside" });
    await expect(resolveTarget(inside("link.db"), rules())).rejects.toMatchObject({ code: "file-exists" });
  });

  it("knows a file by where links inside lead, once: a source is the file itself", async () => {
    makeDatabase(inside("real.db"));
    symlinkSync(inside("real.db"), inside("alias.db"));
    expect(await look(inside("alias.db"))).toMatchObject({ path: inside("real.db"), problem: null });
    await expect(snapshot(inside("alias.db"))).rejects.toMatchObject({ code: "file-changed" });
  });

  it("allows a folder that is a link itself", async () => {
    const alias = join(ground.base, "alias");
    symlinkSync(ground.root, alias);
    makeDatabase(inside("real.db"));
    const engine = createSqliteEngine({ roots: [alias], forbidden: [], lockWaitMs: 1_000 });
    expect(await engine.look(join(alias, "real.db"), ground.context())).toMatchObject({ path: inside("real.db"), problem: null });
    expect(await engine.look(inside("real.db"), ground.context())).toMatchObject({ path: inside("real.db"), problem: null });
  });

  it("takes neither folders, pipes, devices, SQLite's own side files, Lifeboat's folders nor files that are no database", async () => {
    mkdirSync(inside("folder.db"));
    execFileSync("mkfifo", [inside("pipe.db")]);
    writeFileSync(inside("text.db"), "SQLite format 2\0 not");
    writeFileSync(inside("empty.db"), "");
    makeDatabase(inside("app.db-wal"));
    makeDatabase(join(ground.own, "catalogue.db"));
    for (const name of ["pipe.db", "text.db", "empty.db", "app.db-wal"]) {
      expect([name, (await look(inside(name))).problem?.code]).toEqual([name, "file-not-sqlite"]);
    }
    expect((await look(join(ground.own, "catalogue.db"))).problem?.code).toBe("file-outside");
    expect((await look(null)).files).toEqual([]);
    await expect(resolveTarget(inside("app.db-journal"), rules())).rejects.toMatchObject({ code: "file-not-sqlite" });
    await expect(resolveTarget(join(ground.own, "new.db"), rules())).rejects.toMatchObject({ code: "file-outside" });
  });

  it("says the same of what is outside, whether it exists or not", async () => {
    makeDatabase(outside("there.db"));
    const codes = [outside("there.db"), outside("not-there.db"), join(ground.root, "..", "outside", "there.db"), "/etc/shadow"];
    for (const path of codes) expect((await look(path)).problem?.code).toBe("file-outside");
    expect((await createSqliteEngine({ roots: [], forbidden: [], lockWaitMs: 1 }).look(null, ground.context())).problem?.code).toBe(
      "files-not-allowed",
    );
  });

  it("tells of paths that lead nowhere, and counts the rows of a file in use", async () => {
    makeDatabase(inside("app.db"));
    const codes = [];
    for (const path of [inside("no-folder/new.db"), inside("app.db/new.db"), inside("x".repeat(300))]) {
      codes.push(await resolveInside(path, rules()).catch((error: unknown) => (error as { code?: string }).code));
    }
    expect(codes).toEqual(["file-missing", "file-missing", "file-missing"]);
    await expect(resolveTarget(inside("../x.db"), rules())).rejects.toMatchObject({ code: "file-outside" });
    expect(pathError(Object.assign(new Error("x"), { code: "EROFS", syscall: "link" }), "/x")).toMatchObject({ code: "read-only" });
    expect(pathError(Object.assign(new Error("x"), { code: "EACCES", syscall: "link" }), "/x")).toMatchObject({
      code: "permission-denied",
    });
    expect(pathError(Object.assign(new Error("x"), { code: "EIO", syscall: "link" }), "/x")).toMatchObject({ code: "io-error" });
    expect(pathError(new TypeError("a bug"), "/x")).toBeInstanceOf(TypeError);
    const counted = await ground.engine.countRows(inside("app.db"), ground.context());
    expect(counted.tables).toContainEqual({ schema: "main", table: "filler", rows: 10, exact: true });
  });

  it("does not open what was put in a file's place after it was looked at: another file, or a link", async () => {
    makeDatabase(inside("app.db"));
    makeDatabase(outside("secret.db"));
    const { path, identity } = await resolveFile(inside("app.db"), rules());
    const count = () => runChild({ command: "count", path, identity }, ground.context(), () => undefined);
    await expect(count()).resolves.toBeUndefined();
    unlinkSync(path);
    symlinkSync(outside("secret.db"), path);
    await expect(count()).rejects.toMatchObject({ code: "file-changed" });
    unlinkSync(path);
    linkSync(outside("secret.db"), path);
    await expect(count()).rejects.toMatchObject({ code: "file-changed" });
    renameSync(path, inside("moved.db"));
    await expect(count()).rejects.toMatchObject({ code: "file-missing" });
  });
});
