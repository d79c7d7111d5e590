import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { assertLength } from "./read-pack.ts";

/** What the catalogue or the sidecar says of a pack's file. */
export type ExpectedPack = { readonly key: string; readonly storedBytes: number; readonly storedSha256: string };

/**
 * Size and hex SHA-256 of an object, read from its first byte to its last past the page cache where the platform can; null when
 * there is none. Throws the storage's own errors and the signal's reason.
 */
export async function hashStored(
  storage: Storage,
  key: string,
  signal: AbortSignal,
  onProgress: (readBytes: number) => void = () => undefined,
): Promise<{ readonly bytes: number; readonly sha256: string } | null> {
  if ((await storage.stat(key)) === null) return null;
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const block of storage.readAll(key, signal)) {
    signal.throwIfAborted();
    hash.update(block);
    bytes += block.length;
    onProgress(bytes);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * The last step to *stored*: reads a published pack back and compares size and SHA-256 with what the writer saw. Throws
 * `pack-missing`, `pack-truncated`, `pack-damaged`, or the storage's own error.
 */
export async function rereadPack(
  storage: Storage,
  expected: ExpectedPack,
  signal: AbortSignal,
  onProgress?: (readBytes: number) => void,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { key } = expected;
  const found = await hashStored(storage, key, signal, onProgress);
  if (found === null) throw new LifeboatError("pack-missing", { key });
  assertLength(key, found.bytes, expected.storedBytes);
  if (found.sha256 === expected.storedSha256) return found;
  throw new LifeboatError("pack-damaged", { key, detail: `SHA-256 ${found.sha256} instead of ${expected.storedSha256}` });
}
