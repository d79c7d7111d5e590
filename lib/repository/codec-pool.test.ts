import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCodecPool } from "./codec-pool.ts";
import { rowsOf } from "./pack-fixture.ts";

function jobOf(bytes: Buffer) {
  return { buffer: new Uint8Array(bytes).buffer, lengths: Uint32Array.of(bytes.length), level: 1 };
}

describe("the codec pool", () => {
  it("compresses and decodes many batches at once, each answer to its own caller", async () => {
    const pool = createCodecPool({ threads: 2 });
    try {
      const inputs = Array.from({ length: 12 }, (_, at) => rowsOf(50_000 + at, at + 1));
      const outputs = await Promise.all(
        inputs.map(async (input) => {
          const { frames, frameLengths, digests } = await pool.compress(jobOf(input));
          expect(Buffer.from(digests).toString("hex")).toBe(createHash("sha256").update(input).digest("hex"));
          const decoded = await pool.decode({ buffer: frames.buffer, frameLengths, rawLengths: Uint32Array.of(input.length), digests });
          expect(decoded.failure).toBeNull();
          return Buffer.from(decoded.raw);
        }),
      );
      expect(outputs.every((output, at) => output.equals(inputs[at]!))).toBe(true);
    } finally {
      await pool.close();
    }
  });

  it("does not let a frame decode to more than the index says: a bomb stops at its announced length", async () => {
    const pool = createCodecPool({ threads: 1 });
    try {
      const { frames, frameLengths, digests } = await pool.compress(jobOf(Buffer.alloc(50_000_000)));
      const decoded = await pool.decode({ buffer: frames.buffer, frameLengths, rawLengths: Uint32Array.of(1000), digests });
      expect(decoded.failure).toEqual({ at: 0, detail: "ERR_BUFFER_TOO_LARGE" });
    } finally {
      await pool.close();
    }
  });

  it("rejects what is in flight when it is closed, and what comes after", async () => {
    const pool = createCodecPool({ threads: 1 });
    const underway = pool.compress(jobOf(rowsOf(5_000_000))).then(
      () => "done",
      (error: Error) => error.message,
    );
    await pool.close();
    expect(await underway).toBe("the codec thread ended");
    await expect(pool.compress(jobOf(rowsOf(10)))).rejects.toThrow("closed");
  });

  it("passes on an error of the thread itself, and works on", async () => {
    const pool = createCodecPool({ threads: 1 });
    try {
      const broken = { ...jobOf(rowsOf(10)), lengths: null as unknown as Uint32Array };
      await expect(pool.compress(broken)).rejects.toThrow("null");
      await expect(pool.compress(jobOf(rowsOf(10)))).resolves.toBeDefined();
    } finally {
      await pool.close();
    }
  });
});
