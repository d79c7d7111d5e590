import { createHash } from "node:crypto";
import type { Storage } from "../storage/port.ts";
import type { OpenPack } from "./read-pack.ts";

/** A pack that is read once from its first byte to its last and hashed on the way, while ranges of it are handed out. */
export interface HashedPack {
  /** Fills `into` from `offset` on. One range after the other; what has passed already is read again. Throws `pack-truncated`. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** Reads what is left. Length and hex SHA-256 of the file as it was read. */
  finish(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Bytes that have passed. */
  passed(): number;
  close(): Promise<void>;
}

/** New segments lie in the order of their stream, so a recipe walks its own pack forwards: its checksum costs no second reading. */
export function openHashedPack(storage: Storage, pack: OpenPack, signal: AbortSignal): HashedPack {
  const hash = createHash("sha256");
  const blocks = storage.readAll(pack.key, signal)[Symbol.asyncIterator]();
  let block: Uint8Array = new Uint8Array(0);
  let position = 0;
  let busy: Promise<unknown> = Promise.resolve();
  /** The next block, which is valid until the one after it is asked for; false at the end. */
  const advance = async () => {
    const next = await blocks.next();
    if (next.done === true) return false;
    block = next.value;
    position += block.length;
    hash.update(block);
    return true;
  };
  const readAgain = async (offset: number, into: Uint8Array) => into.set(await storage.readRange(pack.key, offset, into.length));
  const read = async (offset: number, into: Uint8Array) => {
    if (offset < position - block.length) return readAgain(offset, into);
    let filled = 0;
    while (filled < into.length) {
      const start = position - block.length;
      const piece = block.subarray(Math.max(0, offset + filled - start), offset + into.length - start);
      into.set(piece, filled);
      filled += piece.length;
      // The file shrank since it was opened: asking for the range says so.
      if (filled < into.length && !(await advance())) return readAgain(offset, into);
    }
  };
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = busy.then(work, work);
    busy = result.catch(() => undefined);
    return result;
  };
  return {
    read: (offset, into) => inOrder(() => read(offset, into)),
    finish: () =>
      inOrder(async () => {
        while (await advance()) signal.throwIfAborted();
        return { bytes: position, sha256: hash.digest("hex") };
      }),
    passed: () => position,
    close: () => inOrder(async () => void (await blocks.return?.())),
  };
}
