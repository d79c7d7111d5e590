import { Readable } from "node:stream";

/** Tools write 4 KiB at a time; what comes is handed on in pieces of this size. */
const pieceBytes = 262_144;
/** Milliseconds after which less is handed on, when no more came. */
const longestWaitMs = 5;

/**
 * Reads `source` in its own small pieces and gives them out in larger ones: every step behind it costs by the piece, and so does reading when the
 * reader is back before the tool has written more (measured on `pg_dump -Z0`: half of the processor time). At most two pieces are held; the
 * source waits meanwhile. Ends, fails and is destroyed together with its source.
 */
export function gatherPieces(source: Readable): Readable {
  let parts: Buffer[] = [];
  let bytes = 0;
  let wanted = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  const handOn = () => {
    if (!wanted) return;
    if (bytes > 0) {
      const piece = parts.length === 1 ? parts[0] : Buffer.concat(parts, bytes);
      parts = [];
      bytes = 0;
      wanted = false;
      output.push(piece);
      if (!ended) source.resume();
    } else if (ended) output.push(null);
  };
  const output = new Readable({
    highWaterMark: 1,
    read() {
      wanted = true;
      if (ended || bytes >= pieceBytes) handOn();
      else waitForMore();
    },
    destroy(error, callback) {
      clearTimeout(timer);
      source.destroy();
      callback(error);
    },
  });
  const waitForMore = () => {
    if (bytes === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      handOn();
    }, longestWaitMs);
  };
  source.on("data", (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes < pieceBytes) return waitForMore();
    handOn();
    if (bytes >= pieceBytes) source.pause();
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
