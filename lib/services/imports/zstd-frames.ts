import { LifeboatError } from "#lib/domain/error";

const frameMagic = 0xfd2fb528;
/** Sixteen of them: the last four bits are free. */
const skippableMagic = 0x184d2a50;
const idBytes = [0, 1, 2, 4];
const sizeBytes = [0, 2, 4, 8];

/**
 * Cuts a zstd file into pieces that never go beyond the end of a frame (RFC 8878, 3.1). Node's decoder drops what follows a frame's end in the
 * bytes that it was given with, and goes on with a next frame where that comes by itself. Throws `stream-cut` { detail } for a file that ends
 * inside a frame, and for what is no frame behind one: a file may be several of them, and nothing else.
 */
export async function* zstdFrames(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const walk = new FrameWalk();
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const taken = walk.take(chunk.subarray(at));
      yield chunk.subarray(at, at + taken);
      at += taken;
    }
  }
  if (!walk.isBetween) throw cut("it ends inside a frame (zstd)");
}

const cut = (detail: string) => new LifeboatError("stream-cut", { detail });

type Part = "magic" | "skip-size" | "descriptor" | "header" | "block" | "content" | "checksum" | "skipped";

/** Knows of each byte which part of which frame it is. Blocks are stepped over, not read. */
class FrameWalk {
  #part: Part = "magic";
  /** Bytes of the part that are still to come. */
  #left = 4;
  /** What a part of at most four bytes says, as the format writes numbers: the lowest byte first. */
  #value = 0;
  #shift = 0;
  #hasChecksum = false;
  #isLastBlock = false;

  get isBetween(): boolean {
    return this.#part === "magic" && this.#left === 4;
  }

  /** How many of these bytes belong to the present frame; at least one. */
  take(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length) {
      const size = Math.min(this.#left, bytes.length - at);
      if (this.#left <= 4) for (let nth = 0; nth < size; nth += 1) this.#add(bytes[at + nth]!);
      at += size;
      this.#left -= size;
      while (this.#left === 0) if (this.#next()) return at;
    }
    return at;
  }

  #add(byte: number): void {
    this.#value += byte * 2 ** this.#shift;
    this.#shift += 8;
  }

  #enter(part: Part, left: number): void {
    this.#part = part;
    this.#left = left;
    this.#value = 0;
    this.#shift = 0;
  }

  /** Goes on to the part that follows; true when that is another frame's. */
  #next(): boolean {
    const value = this.#value;
    switch (this.#part) {
      case "magic":
        if (value === frameMagic) this.#enter("descriptor", 1);
        else if (value - (value % 16) === skippableMagic) this.#enter("skip-size", 4);
        else throw cut("bytes that are no frame follow a frame (zstd)");
        return false;
      case "skip-size":
        this.#enter("skipped", value);
        return false;
      case "descriptor": {
        const isSingle = (value & 0x20) !== 0;
        const size = value >> 6;
        this.#hasChecksum = (value & 0x04) !== 0;
        this.#enter("header", (isSingle ? 0 : 1) + idBytes[value & 3]! + (size === 0 && isSingle ? 1 : sizeBytes[size]!));
        return false;
      }
      case "header":
        this.#enter("block", 3);
        return false;
      case "block": {
        this.#isLastBlock = (value & 1) === 1;
        const kind = (value >> 1) & 3;
        // A run is one byte, however often it is repeated; the fourth kind is reserved, and the decoder refuses it.
        this.#enter("content", kind === 1 ? 1 : value >> 3);
        return false;
      }
      case "content":
        if (!this.#isLastBlock) this.#enter("block", 3);
        else if (this.#hasChecksum) this.#enter("checksum", 4);
        else return this.#end();
        return false;
      case "checksum":
      case "skipped":
        return this.#end();
    }
  }

  #end(): boolean {
    this.#enter("magic", 4);
    return true;
  }
}
