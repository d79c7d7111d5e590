import { PassThrough, Readable } from "node:stream";
import { expect, it, vi } from "vitest";
import { gatherPieces } from "./gather-pieces.ts";

const kibibyte = 1024;
const part = (at: number) => Buffer.alloc(4 * kibibyte, at);

it("hands small pieces on in large ones, every byte in its order", async () => {
  const parts = Array.from({ length: 1000 }, (_, at) => part(at));
  const pieces: Buffer[] = [];
  for await (const piece of gatherPieces(Readable.from(parts))) pieces.push(piece as Buffer);
  expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
  expect(pieces.length).toBeLessThan(30);
});

it("with its memory used again, leaves a piece alone until the next one is asked for", async () => {
  const parts = Array.from({ length: 2000 }, (_, at) => Buffer.alloc(1 + ((at * 7919) % 65_536), at));
  const memory = new Set<ArrayBufferLike>();
  const pieces: Buffer[] = [];
  for await (const piece of gatherPieces(Readable.from(parts, { highWaterMark: 4 }), { reuse: true })) {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    memory.add((piece as Buffer).buffer);
    pieces.push(Buffer.from(piece as Buffer));
  }
  expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
  expect(memory.size).toBe(3);
  expect(pieces.length).toBeGreaterThan(100);
});

it("takes parts that are larger than any pipe's", async () => {
  const parts = [part(1), Buffer.alloc(700_000, 2), part(3)];
  const pieces: Buffer[] = [];
  for await (const piece of gatherPieces(Readable.from(parts), { reuse: true })) pieces.push(Buffer.from(piece as Buffer));
  expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
});

it("does not keep back what came when nothing more comes", async () => {
  const source = new PassThrough();
  const seen: string[] = [];
  const output = gatherPieces(source);
  output.on("data", (piece: Buffer) => seen.push(piece.toString()));
  source.write("one");
  source.write("two");
  await vi.waitFor(() => expect(seen.join("")).toBe("onetwo"), { timeout: 20_000 });
  source.write("three");
  await vi.waitFor(() => expect(seen.join("")).toBe("onetwothree"), { timeout: 20_000 });
  output.destroy();
});

it("makes the source wait for a reader that does not come", async () => {
  let made = 0;
  const source = new Readable({
    read() {
      made += 1;
      // Not at once: a pipe's bytes come by and by.
      setImmediate(() => this.push(part(made)));
    },
  });
  const output = gatherPieces(source);
  await vi.waitFor(() => expect(source.isPaused()).toBe(true), { timeout: 20_000 });
  const held = made;
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(made).toBeLessThanOrEqual(held + 17);
  expect(made * 4).toBeLessThan(512);
  output.destroy();
});

it("fails as its source fails, and destroys it when nobody reads on", async () => {
  const failure = new Error("broken pipe");
  async function* breaking() {
    yield part(1);
    throw failure;
  }
  await expect(gatherPieces(Readable.from(breaking())).toArray()).rejects.toBe(failure);
  const source = new PassThrough();
  gatherPieces(source).destroy();
  await vi.waitFor(() => expect(source.destroyed).toBe(true), { timeout: 20_000 });
});

it("ends when its source was destroyed", async () => {
  const source = new PassThrough();
  const output = gatherPieces(source);
  source.destroy();
  await vi.waitFor(() => expect(output.destroyed).toBe(true), { timeout: 20_000 });
});

it("is empty when its source is", async () => {
  expect(await gatherPieces(Readable.from([])).toArray()).toEqual([]);
});
