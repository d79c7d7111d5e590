import { join } from "node:path";
import { expect, it } from "vitest";
import type { StreamChunk } from "../engines/port.ts";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import type { Storage } from "../storage/port.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { createCodecPool } from "./codec-pool.ts";
import { writePack } from "./write-pack.ts";

// FAULTS.md line 34: a stream much larger than what may be in memory, and a destination that is slow.
const mebibyte = 1024 * 1024;
const streamBytes = 512 * mebibyte;
const chunkBytes = 256 * 1024;

/** Bytes that do not compress, made as they are asked for. */
async function* endless(count: { made: number }): AsyncIterable<StreamChunk> {
  const words = new Uint32Array(chunkBytes / 4);
  let state = 1;
  while (count.made < streamBytes) {
    for (let at = 0; at < words.length; at += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[at] = state;
    }
    count.made += chunkBytes;
    yield { bytes: new Uint8Array(words.buffer.slice(0)), cut: false };
    // The reader is a pipe: other things happen in between.
    await Promise.resolve();
  }
}

it(
  "makes a dump wait for a slow destination: neither what is underway nor memory grows with the stream",
  { timeout: 120_000 },
  async () => {
    const count = { made: 0 };
    let taken = 0;
    let mostUnderway = 0;
    let mostMemory = 0;
    let letGo: (() => void) | null = null;
    const storage: Storage = {
      ...createLocalStorage({ root: join(await temporaryFolder(), "backups") }),
      create: () =>
        Promise.resolve({
          // Takes bytes only when everything before it has come to rest.
          write: async (bytes) => {
            await new Promise<void>((resolve) => {
              letGo = resolve;
              setImmediate(() => setImmediate(() => letGo?.()));
            });
            mostUnderway = Math.max(mostUnderway, count.made - taken);
            taken += bytes.length;
            mostMemory = Math.max(mostMemory, process.memoryUsage.rss());
          },
          commit: () => Promise.resolve(),
          abort: () => Promise.resolve(),
        }),
    };
    const pool = createCodecPool({ threads: 2 });
    const startMemory = process.memoryUsage.rss();
    const written = await writePack(
      {
        storage,
        key: "shop/chn_1/shop.dump.zst",
        packId: "pck_1",
        backupId: "bkp_1",
        kind: "full",
        base: null,
        chain: { chainId: "chn_1", seed: "00112233445566778899aabbccddeeff", averageSegmentBytes: 65_536 },
        token: "run_1.1",
        streamName: "base",
        chunks: endless(count),
        signal: new AbortController().signal,
        onProgress: () => undefined,
      },
      { pool },
    );
    await pool.close();
    expect(written.stream.bytes).toBe(streamBytes);
    expect(taken).toBe(written.pack.bytes);
    expect(mostUnderway).toBeLessThan(48 * mebibyte);
    expect(mostMemory - startMemory).toBeLessThan(320 * mebibyte);
  },
);
