import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { collect, describeStorage, failureOf } from "../conformance.ts";
import { toFileError } from "../file-error.ts";
import type { Storage } from "../port.ts";
import { createLocalStorage } from "./local-storage.ts";
import { whyNoMount } from "#lib/testing/why-no-mount";

const clean: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of clean.splice(0).reverse()) await undo();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-storage-"));
  clean.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openFresh(): Promise<Storage> {
  const storage = createLocalStorage({ root: join(await temporaryFolder(), "backups") });
  await storage.prepare("ins_a");
  return storage;
}

describeStorage("a local folder", openFresh);

async function write(storage: Storage, key: string, bytes: Uint8Array): Promise<void> {
  const writer = await storage.create(key, "run_1.1");
  try {
    await writer.write(bytes);
    await writer.commit(bytes.length);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

describe("a local folder", () => {
  it("is 0700 with files of 0600, and takes emptied folders away", async () => {
    const root = join(await temporaryFolder(), "backups");
    const storage = createLocalStorage({ root });
    await storage.prepare("ins_a");
    await write(storage, "shop/chn_1/a.zst", randomBytes(10));
    const mode = async (name: string) => ((await stat(join(root, name))).mode & 0o777).toString(8);
    expect(await Promise.all(["", ".incoming", "shop", "shop/chn_1"].map(mode))).toEqual(["700", "700", "700", "700"]);
    expect(await Promise.all([".lifeboat-installation", "shop/chn_1/a.zst"].map(mode))).toEqual(["600", "600"]);
    await storage.remove("shop/chn_1/a.zst");
    expect((await readdir(root)).sort()).toEqual([".incoming", ".lifeboat-installation"]);
  });

  it("is not taken for ours while its disk is not mounted", async () => {
    const root = await temporaryFolder();
    expect(await failureOf(createLocalStorage({ root }).prepare("ins_a", { createMarker: false }))).toMatchObject({
      code: "destination-unmarked",
      params: { path: root, marker: join(root, ".lifeboat-installation"), installationId: "ins_a" },
    });
    expect(await readdir(root)).toEqual([]);
  });

  it("gets one marker when two processes prepare it at once", async () => {
    const root = await temporaryFolder();
    const outcomes = await Promise.allSettled(["ins_a", "ins_b"].map((id) => createLocalStorage({ root }).prepare(id)));
    expect(outcomes.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
    const owner = (await readFile(join(root, ".lifeboat-installation"), "utf8")).trim();
    expect(outcomes[owner === "ins_a" ? 0 : 1]?.status).toBe("fulfilled");
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("survives removals of neighbours while it publishes into the same folder", async () => {
    const storage = await openFresh();
    for (let round = 0; round < 60; round += 1) {
      await write(storage, "s/c/old", Buffer.from("x"));
      await write(storage, "s/c/older", Buffer.from("x"));
      const removals = ["s/c/old", "s/c/older"].map((key) => storage.remove(key));
      await Promise.all([...removals, write(storage, `s/c/new${round}`, Buffer.from("y"))]);
      expect(await storage.stat(`s/c/new${round}`)).not.toBeNull();
      await storage.remove(`s/c/new${round}`);
    }
  });
});

const isRoot = process.getuid?.() === 0 && process.platform === "linux";

function mount(path: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "pipe" });
  clean.push(() => void execFileSync("umount", [path]));
}

const noMount = await whyNoMount();

describe.skipIf(noMount !== null)(`a failing disk${noMount === null ? "" : ` (${noMount})`}`, () => {
  it("that is full says no-space with numbers, and keeps nothing of the write", async () => {
    const root = await temporaryFolder();
    mount(root, "size=1m");
    const storage = createLocalStorage({ root });
    await storage.prepare("ins_a");
    await write(storage, "good", randomBytes(300_000));
    const error = await failureOf(write(storage, "s/c/big", randomBytes(2_000_000)));
    expect(error.code).toBe("no-space");
    expect(error.params["freeBytes"]).toBeTypeOf("number");
    expect(error.params["neededBytes"]).toBeGreaterThan(1_000_000);
    expect(error.params["path"]).toBe(join(root, "s/c/big"));
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
    expect(await storage.stat("good")).toEqual({ key: "good", bytes: 300_000 });
    await write(storage, "after", randomBytes(300_000));
  });

  it("that has no inodes left says no-inodes", async () => {
    const root = await temporaryFolder();
    mount(root, "size=1m,nr_inodes=6");
    const storage = createLocalStorage({ root });
    await storage.prepare("ins_a");
    const fill = async () => {
      for (let at = 0; at < 10; at += 1) await write(storage, `k${at}`, Buffer.from("x"));
    };
    expect(await failureOf(fill())).toMatchObject({ code: "no-inodes" });
  });

  it("that is read-only says read-only", async () => {
    const root = await temporaryFolder();
    mount(root, "size=1m");
    const storage = createLocalStorage({ root });
    await storage.prepare("ins_a");
    execFileSync("mount", ["-o", "remount,ro", root]);
    expect(await failureOf(write(storage, "a", Buffer.from("x")))).toMatchObject({ code: "read-only" });
    await storage.prepare("ins_a");
  });
});

describe.skipIf(!isRoot)(`another OS user${isRoot ? "" : " (needs root on Linux)"}`, () => {
  it("gets permission-denied for reading, writing, removing and listing", async () => {
    const root = await temporaryFolder();
    const storage = createLocalStorage({ root });
    await storage.prepare("ins_a");
    await write(storage, "s/a", Buffer.from("x"));
    const nobody = 65_534;
    process.setegid?.(nobody);
    process.seteuid?.(nobody);
    try {
      expect(await failureOf(storage.readRange("s/a", 0, 1))).toMatchObject({ code: "permission-denied" });
      expect(await failureOf(write(storage, "s/b", Buffer.from("x")))).toMatchObject({ code: "permission-denied" });
      expect(await failureOf(storage.remove("s/a"))).toMatchObject({ code: "permission-denied" });
      expect(await failureOf(storage.prepare("ins_a"))).toMatchObject({ code: "permission-denied" });
      expect(await failureOf(collect(storage.list("")))).toMatchObject({ code: "permission-denied" });
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  });
});

describe("an errno", () => {
  it("becomes io-error with its name when the disk itself fails", async () => {
    const errno = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
    expect(await toFileError(errno, { path: "/b/x", folder: "/", neededBytes: 0 })).toMatchObject({
      code: "io-error",
      params: { path: "/b/x", detail: "EIO in read" },
    });
  });

  it("that comes from a folder in the way of a file is an io-error", async () => {
    const root = await temporaryFolder();
    const storage = createLocalStorage({ root });
    await storage.prepare("ins_a");
    await writeFile(join(root, "s"), "a file where a folder should be");
    await chmod(join(root, "s"), 0o600);
    expect(await failureOf(write(storage, "s/a", Buffer.from("x")))).toMatchObject({ code: "io-error" });
  });

  it("is left alone when there is none: a bug stays a bug", async () => {
    const bug = new TypeError("undefined is not a function");
    expect(await toFileError(bug, { path: "/", folder: "/", neededBytes: 0 })).toBe(bug);
  });
});
