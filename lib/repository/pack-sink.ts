import { createHash } from "node:crypto";
import type { StorageWriter } from "../storage/port.ts";
import { encodeFooter, footerBytes, indexFrameMagic, skippableHeader } from "./pack-footer.ts";
import { encodeIndexPieces, type IndexPieces } from "./pack-index.ts";
import type { PackFacts } from "./port.ts";

/** Bytes on their way into a pack: written, hashed and counted in one place. */
export interface PackSink {
  readonly bytes: number;
  /** Waits for the write before this one only, so that the disk and the processors work at the same time. */
  append(bytes: Uint8Array, afterwards?: () => void): Promise<void>;
  /** The last write has ended: its memory may be used again. */
  settled(): Promise<void>;
  /** Index and footer; nothing is appended afterwards. */
  finish(index: IndexPieces): Promise<void>;
  /** What the whole pack is, once. */
  facts(pack: { packId: string; key: string }): PackFacts;
}

export function createPackSink(writer: StorageWriter): PackSink {
  const sha256 = createHash("sha256");
  let bytes = 0;
  /** The last write, which may be underway. */
  let written: Promise<void> = Promise.resolve();
  const append = async (piece: Uint8Array, afterwards: () => void = () => undefined): Promise<void> => {
    sha256.update(piece);
    bytes += piece.length;
    await written;
    written = writer.write(piece).then(afterwards);
    // Awaited by the next append or at the end; until then a rejection must not count as unhandled.
    written.catch(() => undefined);
  };
  return {
    get bytes() {
      return bytes;
    },
    append,
    settled: () => written,
    async finish(index) {
      const payload = encodeIndexPieces(index);
      await append(skippableHeader(indexFrameMagic, payload.bytes));
      const indexOffset = bytes;
      const indexHash = createHash("sha256");
      for (const piece of payload.pieces) {
        indexHash.update(piece);
        await append(piece);
      }
      const packBytes = bytes + footerBytes;
      await append(encodeFooter({ indexOffset, indexBytes: payload.bytes, indexSha256: indexHash.digest("hex"), packBytes }));
      await written;
    },
    facts({ packId, key }) {
      const packSha256 = sha256.digest("hex");
      // Until packs are encrypted at rest, what is stored is the plain pack.
      return { packId, key, bytes, packSha256, storedBytes: bytes, storedSha256: packSha256 };
    },
  };
}
