import { zstdDecompressSync } from "node:zlib";

/**
 * The first byte of a frame, from `from` on and round again from its beginning, whose flipped bits (`mask`) change what comes out, or let nothing come
 * out: where zstd fills up its tables to whole bytes it reads over a bit, and only the file is another one then.
 */
export function byteThatCounts(frame: Buffer, mask: number, from: number): number {
  const good = zstdDecompressSync(frame);
  for (let step = 0; step < frame.length; step += 1) {
    const at = (from + step) % frame.length;
    const bad = Buffer.from(frame);
    bad[at]! ^= mask;
    try {
      if (!zstdDecompressSync(bad).equals(good)) return at;
    } catch {
      return at;
    }
  }
  throw new Error("no byte of the frame counts");
}
