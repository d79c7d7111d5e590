import { afterEach, expect, it, vi } from "vitest";
import { hear, say } from "./child-line.ts";

// What the pipes between child and parent really do: a line comes in pieces, and a full pipe takes a part of one.
const pipes = vi.hoisted(() => ({ pieces: [] as string[], written: "", room: 0 }));
vi.mock(import("node:fs"), async (original) => {
  const real = await original();
  const readSync = (_fd: number, into: NodeJS.ArrayBufferView) => {
    const piece = Buffer.from(pipes.pieces.shift() ?? "");
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(piece);
    return piece.length;
  };
  const writeSync = (_fd: number, bytes: Uint8Array, offset = 0) => {
    const part = bytes.subarray(offset, offset + pipes.room);
    pipes.written += Buffer.from(part).toString("utf8");
    return part.length;
  };
  return { ...real, readSync, writeSync: writeSync as unknown as typeof real.writeSync };
});
afterEach(() => {
  pipes.pieces = [];
  pipes.written = "";
});

it("hears lines that come in pieces, several at once, and the end of the parent", () => {
  pipes.pieces = ['{"a":', "1}\n{", '"b":2}\n{"c":3}\n', ""];
  expect([hear(), hear(), hear(), hear()]).toEqual(['{"a":1}', '{"b":2}', '{"c":3}', null]);
});

it("says a whole line through a pipe that takes a few bytes at a time", () => {
  pipes.room = 7;
  say({ event: "table", table: "größe", rows: 12 });
  expect(pipes.written).toBe('{"event":"table","table":"größe","rows":12}\n');
});
