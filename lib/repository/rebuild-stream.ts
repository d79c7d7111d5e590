import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import type { CodecPool } from "./codec-pool.ts";
import { decodeSegments } from "./decode-segments.ts";
import { openHashedPack } from "./hashed-pack.ts";
import type { OpenMember } from "./open-member.ts";

export type RebuildOptions = {
  readonly storage: Storage;
  readonly member: OpenMember;
  readonly pool: CodecPool;
  readonly signal: AbortSignal;
  /** Gets every checked piece of the stream, in order; awaited before the next one, and the piece's memory is used again then. */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>;
  /** About four times a second, and at the end. */
  readonly onProgress?: (streamBytes: number) => void;
};

export type Rebuilt = {
  /** Length and hex SHA-256 of the member's own pack, as read from end to end. */
  readonly bytes: number;
  readonly packSha256: string;
  readonly segmentsDecoded: number;
  /** The first segment that could not be had or has another SHA-256; nothing after it was decoded. */
  readonly failure: LifeboatError | null;
  /** Flat SHA-256 of the stream; null after a failure. */
  readonly sha256: string | null;
};

const progressEveryMs = 250;
const ofThePacks = new Set(["pack-missing", "pack-truncated", "pack-damaged", "chain-broken"]);

/**
 * Makes a member's stream from its packs, past the page cache where the platform can: its own pack is read once from end to end and hashed, of the
 * others what the recipe names; every segment's SHA-256 is compared. Throws what is no verdict about the packs.
 */
export async function rebuildStream(options: RebuildOptions): Promise<Rebuilt> {
  const { storage, member, pool, signal } = options;
  const own = openHashedPack(storage, member.packs[0]!, signal);
  const flat = createHash("sha256");
  let segmentsDecoded = 0;
  let failure: LifeboatError | null = null;
  let reportedAt = performance.now();
  try {
    try {
      for await (const { to, raw } of decodeSegments({
        storage,
        member,
        pool,
        signal,
        readOwn: (offset, into) => own.read(offset, into),
        uncached: true,
      })) {
        flat.update(raw);
        await options.onBytes?.(raw);
        segmentsDecoded = to;
        const now = performance.now();
        if (now - reportedAt < progressEveryMs) continue;
        reportedAt = now;
        options.onProgress?.(member.starts[to]!);
      }
    } catch (error) {
      if (!(error instanceof LifeboatError) || !ofThePacks.has(error.code)) throw error;
      failure = error;
    }
    options.onProgress?.(member.starts[segmentsDecoded]!);
    const { bytes, sha256 } = await own.finish();
    return { bytes, packSha256: sha256, segmentsDecoded, failure, sha256: failure === null ? flat.digest("hex") : null };
  } finally {
    await own.close();
  }
}
