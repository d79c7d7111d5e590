/** Buffers that are used again: a stream of any length lives in as many as are in flight. */
export type BufferShelf = {
  /** A buffer of at least this many bytes, with whatever its last user left in it. */
  take(bytes: number): ArrayBuffer;
  /** Back from its user, who does not look at it any more. */
  give(buffer: ArrayBuffer): void;
};

/** Room for a batch of 1 MiB and one of the usual segments, so that most buffers fit every batch. */
const leastBytes = 1_376_256;
const mostKept = 12;

export function createBufferShelf(): BufferShelf {
  const free: ArrayBuffer[] = [];
  return {
    take(bytes) {
      const at = free.findIndex((buffer) => buffer.byteLength >= bytes);
      const [found] = at === -1 ? [] : free.splice(at, 1);
      if (found !== undefined) return found;
      // None is large enough: a larger one takes the place of one that did not fit.
      free.pop();
      return new ArrayBuffer(Math.max(bytes, leastBytes));
    },
    give(buffer) {
      if (buffer.byteLength > 0 && free.length < mostKept) free.push(buffer);
    },
  };
}
