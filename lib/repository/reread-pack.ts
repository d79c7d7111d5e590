import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { assertLength } from "./read-pack.ts";

/** What the catalogue or the sidecar says of a pack's file. */
export type ExpectedPack = { readonly key: string; readonly storedBytes: number; readonly storedSha256: string };

/**
 * The last step to *stored*: reads a published pack back, past the page cache where the platform can, and compares size and
 * SHA-256 with what the writer saw. Throws `pack-missing`, `pack-truncated`, `pack-damaged`, or the storage's own error.
 */
export async function rereadPack(
  storage: Storage,
  expected: ExpectedPack,
  signal: AbortSignal,
  onProgress: (readBytes: number) => void = () => undefined,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { key } = expected;
  const stored = await storage.stat(key);
  if (stored === null) throw new LifeboatError("pack-missing", { key });
  assertLength(key, stored.bytes, expected.storedBytes);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const block of storage.readAll(key, signal)) {
    signal.throwIfAborted();
    hash.update(block);
    bytes += block.length;
    onProgress(bytes);
  }
  assertLength(key, bytes, expected.storedBytes);
  const sha256 = hash.digest("hex");
  if (sha256 !== expected.storedSha256)
    throw new LifeboatError("pack-damaged", { key, detail: `SHA-256 ${sha256} instead of ${expected.storedSha256}` });
  return { bytes, sha256 };
}
