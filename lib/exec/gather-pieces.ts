import { Readable } from "node:stream";

/** Tools write 4 KiB at a time; what comes is handed on in pieces of this size. */
const pieceBytes = 262_144;
/** Milliseconds after which less is handed on, when no more came. */
const longestWaitMs = 5;
/** The largest part that a pipe gives at once. */
const partBytes = 65_536;

/**
 * Reads `source` in its own small pieces and gives them out in larger ones: every step behind it costs by the piece. At most three pieces are held;
 * the source waits meanwhile. Ends, fails and is destroyed together with its source. With `reuse` a piece is valid only until the next
 * one is asked for: new memory for each of a long stream costs more in collecting it than its hash.
 */
export function gatherPieces(source: Readable, options: { readonly reuse?: boolean } = {}): Readable {
  const pile = options.reuse === true ? createRotation() : createPile();
  let wanted = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  const handOn = () => {
    if (!wanted || output.destroyed) return;
    if (pile.bytes > 0) {
      wanted = false;
      output.push(pile.take());
      if (!ended) source.resume();
    } else if (ended) output.push(null);
  };
  const output = new Readable({
    highWaterMark: 1,
    read() {
      wanted = true;
      // Not at once: the stream would put the piece behind the one that it is just giving out, and copy both into one.
      if (ended || pile.bytes >= pieceBytes) process.nextTick(handOn);
      else waitForMore();
    },
    destroy(error, callback) {
      clearTimeout(timer);
      source.destroy();
      callback(error);
    },
  });
  const waitForMore = () => {
    if (pile.bytes === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      handOn();
    }, longestWaitMs);
  };
  source.on("data", (part: Buffer) => {
    pile.add(part);
    if (pile.bytes < pieceBytes) return waitForMore();
    handOn();
    if (pile.bytes >= pieceBytes) source.pause();
  });
  source.on("end", () => {
    ended = true;
    handOn();
  });
  source.on("error", (error) => output.destroy(error));
  source.on("close", () => {
    if (!ended) output.destroy();
  });
  return output;
}

/** Parts of a piece, put together when it is taken. */
type Pile = { readonly bytes: number; add(part: Buffer): void; take(): Buffer };

function createPile(): Pile {
  let parts: Buffer[] = [];
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    add(part) {
      parts.push(part);
      bytes += part.length;
    },
    take() {
      const piece = parts.length === 1 ? parts[0]! : Buffer.concat(parts, bytes);
      parts = [];
      bytes = 0;
      return piece;
    },
  };
}

/** The same in three blocks: one is with the reader, one waits in the stream's own buffer, one is filled. */
function createRotation(): Pile {
  const blocks = Array.from({ length: 3 }, () => Buffer.allocUnsafeSlow(pieceBytes + partBytes));
  let turn = 0;
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    add(part) {
      const block = blocks[turn]!;
      if (bytes + part.length > block.length) {
        blocks[turn] = Buffer.allocUnsafeSlow(bytes + part.length);
        block.copy(blocks[turn]!, 0, 0, bytes);
      }
      part.copy(blocks[turn]!, bytes);
      bytes += part.length;
    },
    take() {
      const piece = blocks[turn]!.subarray(0, bytes);
      turn = (turn + 1) % blocks.length;
      bytes = 0;
      return piece;
    },
  };
}
