import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { LifeboatError } from "#lib/domain/error";
import type { Storage } from "./port.ts";

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function put(storage: Storage, key: string, bytes: Uint8Array, options?: { replace: boolean }): Promise<void> {
  const writer = await storage.create(key, "run_1.1", options);
  await writer.write(bytes);
  await writer.commit(bytes.length);
}

async function read(storage: Storage, key: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of storage.readAll(key)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What a promise was rejected with; a value when it was not, so that the comparison fails. */
export async function failureOf(work: Promise<unknown>): Promise<LifeboatError> {
  try {
    return { name: "resolved", value: await work } as unknown as LifeboatError;
  } catch (error) {
    return error as LifeboatError;
  }
}

/** What every destination must do. `open` answers a fresh, prepared one for the installation `ins_a`. */
export function describeStorage(name: string, open: () => Promise<Storage>): void {
  describe(`${name} keeps the storage contract`, () => {
    describeWriting(open);
    describeReading(open);
    describeNaming(open);
  });
}

function describeWriting(open: () => Promise<Storage>): void {
  it("shows nothing under a key before commit, and everything after", async () => {
    const storage = await open();
    const bytes = randomBytes(3_000_001);
    const writer = await storage.create("shop/chn_1/a.dump.zst", "run_1.1");
    for (let at = 0; at < bytes.length; at += 700_000) await writer.write(bytes.subarray(at, at + 700_000));
    expect(await storage.stat("shop/chn_1/a.dump.zst")).toBeNull();
    expect(await collect(storage.list(""))).toEqual([]);
    await writer.commit(bytes.length);
    expect(await storage.stat("shop/chn_1/a.dump.zst")).toEqual({ key: "shop/chn_1/a.dump.zst", bytes: bytes.length });
    expect(
      createHash("sha256")
        .update(await read(storage, "shop/chn_1/a.dump.zst"))
        .digest("hex"),
    ).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("refuses a commit whose length is not what was written, and shows nothing", async () => {
    const storage = await open();
    const writer = await storage.create("a", "run_1.1");
    await writer.write(randomBytes(10));
    expect(await failureOf(writer.commit(11))).toMatchObject({ code: "io-error" });
    await writer.abort();
    expect(await storage.stat("a")).toBeNull();
    expect(await storage.sweep(() => true)).toEqual([]);
  });

  it("refuses to overwrite an object, which stays as it was", async () => {
    const storage = await open();
    await put(storage, "a", Buffer.from("first"));
    const writer = await storage.create("a", "run_2.1");
    await writer.write(Buffer.from("second"));
    expect(await failureOf(writer.commit(6))).toMatchObject({ code: "io-error" });
    await writer.abort();
    expect((await read(storage, "a")).toString()).toBe("first");
  });

  it("replaces an object when asked to", async () => {
    const storage = await open();
    await put(storage, "a", Buffer.from("first"));
    await put(storage, "a", Buffer.from("second"), { replace: true });
    expect((await read(storage, "a")).toString()).toBe("second");
  });

  it("leaves nothing behind after abort, which may be called twice", async () => {
    const storage = await open();
    const writer = await storage.create("x/a", "run_1.1");
    await writer.write(randomBytes(100));
    await writer.abort();
    await writer.abort();
    expect(await storage.sweep(() => true)).toEqual([]);
    expect(await collect(storage.list(""))).toEqual([]);
  });

  it("keeps what was committed when abort follows", async () => {
    const storage = await open();
    const writer = await storage.create("a", "run_1.1");
    await writer.commit(0);
    await writer.abort();
    expect(await storage.stat("a")).toEqual({ key: "a", bytes: 0 });
  });

  it("sweeps the leftovers of the tokens it is told, and no others", async () => {
    const storage = await open();
    const dead = await storage.create("a", "run_dead.1");
    await dead.write(randomBytes(10));
    const alive = await storage.create("b", "run_alive.2");
    await alive.write(randomBytes(10));
    const seen: string[] = [];
    const swept = await storage.sweep((token) => {
      seen.push(token);
      return token === "run_dead.1";
    });
    expect(seen.sort()).toEqual(["run_alive.2", "run_dead.1"]);
    expect(swept).toHaveLength(1);
    await alive.commit(10);
    expect((await collect(storage.list(""))).map((each) => each.key)).toEqual(["b"]);
    await dead.abort();
  });
}

function describeReading(open: () => Promise<Storage>): void {
  it("reads any range, and says how much is missing behind the end", async () => {
    const storage = await open();
    const bytes = randomBytes(5000);
    await put(storage, "a", bytes);
    expect(Buffer.from(await storage.readRange("a", 1234, 2000)).equals(bytes.subarray(1234, 3234))).toBe(true);
    expect(await storage.readRange("a", 5000, 0)).toHaveLength(0);
    const error = await failureOf(storage.readRange("a", 4000, 1001));
    expect(error.code).toBe("pack-truncated");
    expect(error.params).toEqual({ key: "a", expectedBytes: 5001, actualBytes: 5000 });
  });

  it("reads any range past the cache, also many at once", async () => {
    const storage = await open();
    const bytes = randomBytes(3 * 1024 * 1024 + 777);
    await put(storage, "a", bytes);
    const ranges = [
      [0, 1],
      [0, bytes.length],
      [4095, 2],
      [4096, 4096],
      [1_048_575, 1_048_578],
      [3_000_000, 146_505],
      [bytes.length, 0],
    ];
    const read = await Promise.all(ranges.map(([offset = 0, length = 0]) => storage.readRange("a", offset, length, { uncached: true })));
    for (const [at, [offset = 0, length = 0]] of ranges.entries()) {
      expect(Buffer.from(read[at]!).equals(bytes.subarray(offset, offset + length))).toBe(true);
    }
    for (const uncached of [true, false]) {
      const into = new Uint8Array(100);
      const filled = await storage.readRange("a", 5000, 60, { uncached, into });
      expect([filled.buffer === into.buffer, Buffer.from(filled).equals(bytes.subarray(5000, 5060))]).toEqual([true, true]);
      const larger = await storage.readRange("a", 5000, 101, { uncached, into });
      expect(Buffer.from(larger).equals(bytes.subarray(5000, 5101))).toBe(true);
    }
    const error = await failureOf(storage.readRange("a", bytes.length - 10, 11, { uncached: true }));
    expect(error.params).toEqual({ key: "a", expectedBytes: bytes.length + 1, actualBytes: bytes.length });
    expect(await failureOf(storage.readRange("b", 0, 1, { uncached: true }))).toMatchObject({ code: "pack-missing" });
  });

  it("names the key of what is not there", async () => {
    const storage = await open();
    const error = await failureOf(storage.readRange("no/such", 0, 1));
    expect(error.code).toBe("pack-missing");
    expect(error.params).toEqual({ key: "no/such" });
    expect(await failureOf(collect(storage.readAll("no/such")))).toMatchObject({ code: "pack-missing" });
    expect(await storage.stat("no/such")).toBeNull();
  });

  it("reads a whole object in chunks of at most 1 MiB", async () => {
    const storage = await open();
    const bytes = randomBytes(2 * 1024 * 1024 + 777);
    await put(storage, "a", bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of storage.readAll("a")) chunks.push(Buffer.from(chunk));
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(1024 * 1024);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it("stops reading with the signal's reason", async () => {
    const storage = await open();
    await put(storage, "a", randomBytes(100));
    const reason = new Error("stop");
    await expect(collect(storage.readAll("a", AbortSignal.abort(reason)))).rejects.toBe(reason);
  });

  it("lists in key order below a prefix", async () => {
    const storage = await open();
    for (const key of ["b/2", "a-b/1", "a/z", "a/b/c", "a.x", "ab"]) await put(storage, key, Buffer.from(key));
    const keys = async (prefix: string) => (await collect(storage.list(prefix))).map((each) => each.key);
    expect(await keys("")).toEqual(["a-b/1", "a.x", "a/b/c", "a/z", "ab", "b/2"]);
    expect(await keys("a/")).toEqual(["a/b/c", "a/z"]);
    expect(await keys("a")).toEqual(["a-b/1", "a.x", "a/b/c", "a/z", "ab"]);
    expect(await keys("nothing/")).toEqual([]);
  });

  it("removes an object, and is quietly done when it is gone", async () => {
    const storage = await open();
    await put(storage, "x/y/a", Buffer.from("1"));
    await put(storage, "x/b", Buffer.from("2"));
    await storage.remove("x/y/a");
    await storage.remove("x/y/a");
    expect((await collect(storage.list(""))).map((each) => each.key)).toEqual(["x/b"]);
  });
}

function describeNaming(open: () => Promise<Storage>): void {
  it.each(["", "/a", "a/", "a//b", "../x", "a/../b", ".hidden", "a/.b", "a\\b", "a\0b", "a b", "ñ", "a".repeat(300), "a/b."])(
    "refuses the key %j everywhere",
    async (key) => {
      const storage = await open();
      expect(await failureOf(storage.create(key, "run_1.1"))).toMatchObject({ code: "invalid-input" });
      expect(await failureOf(storage.readRange(key, 0, 1))).toMatchObject({ code: "invalid-input" });
      expect(await failureOf(collect(storage.readAll(key)))).toMatchObject({ code: "invalid-input" });
      expect(await failureOf(storage.stat(key))).toMatchObject({ code: "invalid-input" });
      expect(await failureOf(storage.remove(key))).toMatchObject({ code: "invalid-input" });
    },
  );

  it.each(["", "../x", "a/b", ".x", "a~b"])("refuses the token %j", async (token) => {
    expect(await failureOf((await open()).create("a", token))).toMatchObject({ code: "invalid-input" });
  });

  it("knows its own installation and refuses another's", async () => {
    const storage = await open();
    await storage.prepare("ins_a");
    expect(await failureOf(storage.prepare("ins_b"))).toMatchObject({ code: "destination-foreign" });
    await storage.prepare("ins_a", { createMarker: false });
  });

  it("says how much room there is, or that it does not know", async () => {
    const space = await (await open()).space();
    if (space === null) return;
    expect(space.freeBytes).toBeGreaterThan(0);
    expect(space.totalBytes).toBeGreaterThanOrEqual(space.freeBytes);
  });
}
