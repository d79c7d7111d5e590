/**
 * The segmenter's inner loop in WebAssembly: as JavaScript it ran at 1.1 GB/s or at a fifth of that, depending on what the optimiser
 * had inlined where. In the text format of WebAssembly:
 *
 *     (func (export "find") (param $at i32) (param $end i32) (param $mask i32) (result i32) (local $value i32)
 *       (local.set $value (global.get $rolling))
 *       (loop $next
 *         (local.set $value (i32.add (i32.shl (local.get $value) (i32.const 1))
 *           (i32.load (i32.shl (i32.load8_u offset=1024 (local.get $at)) (i32.const 2)))))
 *         (local.set $at (i32.add (local.get $at) (i32.const 1)))
 *         (if (i32.eqz (i32.and (local.get $value) (local.get $mask))) (then (return (local.get $at))))
 *         (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
 *       (global.set $rolling (local.get $value))
 *       (i32.const -1))
 */
const section = (id: number, content: number[]) => [id, content.length, ...content];
const name = (text: string) => [text.length, ...Buffer.from(text)];
const [i32, local, global] = [0x7f, 0x20, 0x23];
const [at, end, mask, value] = [0, 1, 2, 3];
const code = [
  [1, 1, i32], // (local $value i32)
  [global, 0, 0x21, value], // value = rolling
  [0x03, 0x40], // loop
  [local, value, 0x41, 1, 0x74], // value << 1
  [local, at, 0x2d, 0, 0x80, 0x08, 0x41, 2, 0x74, 0x28, 2, 0], // gear[bytes[at]]
  [0x6a, 0x21, value], // value = sum of both
  [local, at, 0x41, 1, 0x6a, 0x21, at], // at += 1
  [local, value, local, mask, 0x71, 0x45, 0x04, 0x40, local, at, 0x0f, 0x0b], // if no bit of mask is set: return at
  [local, at, local, end, 0x49, 0x0d, 0], // if at < end: once more
  [0x0b, local, value, 0x24, 0], // end of loop; rolling = value
  [0x41, 0x7f, 0x0b], // -1
].flat();
const sections = [
  [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  section(1, [1, 0x60, 3, i32, i32, i32, 1, i32]),
  section(3, [1, 0]),
  section(5, [1, 0, 3]),
  section(6, [1, i32, 1, 0x41, 0, 0x0b]),
  section(7, [3, ...name("memory"), 2, 0, ...name("rolling"), 3, 0, ...name("find"), 0, 0]),
  section(10, [1, code.length, ...code]),
].flat();
const compiled = new WebAssembly.Module(Uint8Array.from(sections));

/** Bytes that `find` can look at. */
export const gearWindowBytes = 131_072;
const tableBytes = 1024;

export type GearLoop = {
  /** The bytes to look at are put here. */
  readonly window: Uint8Array;
  /** The rolling hash between two calls. */
  readonly rolling: WebAssembly.Global<"i32">;
  /** Rolls over the window from `at` to `end` (at least one byte); answers the index behind the first byte after which no bit of `mask` is set, or -1. */
  readonly find: (at: number, end: number, mask: number) => number;
};

/** A loop of its own for one stream, over this table of 256 numbers. */
export function createGearLoop(table: Int32Array): GearLoop {
  const { memory, rolling, find } = new WebAssembly.Instance(compiled).exports as unknown as {
    memory: WebAssembly.Memory;
    rolling: WebAssembly.Global<"i32">;
    find: GearLoop["find"];
  };
  new Int32Array(memory.buffer, 0, 256).set(table);
  return { window: new Uint8Array(memory.buffer, tableBytes, gearWindowBytes), rolling, find };
}
