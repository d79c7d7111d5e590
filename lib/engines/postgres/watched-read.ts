import type { Readable } from "node:stream";

/**
 * Reads a stream and calls `onSilence` each time nothing came for `intervalMs` while we were waiting (not while the consumer
 * was busy). What it throws ends the reading and destroys the stream.
 */
export async function* watchedRead(source: Readable, intervalMs: number, onSilence: (silentMs: number) => Promise<void>) {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      // What is there already needs no timer and no race: at 64 KiB a piece they would cost more than the reading.
      const ready = source.read() as Buffer | null;
      if (ready !== null) {
        yield ready;
        continue;
      }
      const result = await waitWatched(iterator.next(), intervalMs, onSilence);
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    // Not `iterator.return()`: it would wait for a read that may never end.
    source.destroy();
  }
}

/**
 * Waits for `work` and calls `onSilence` each `intervalMs` meanwhile; what that throws is thrown instead, or the reason of an aborted
 * `signal`. `work` itself goes on: the caller ends what it waits for.
 */
export async function waitWatched<T>(
  work: Promise<T>,
  intervalMs: number,
  onSilence: (silentMs: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<T> {
  // Its failure is ours to report only while we wait for it.
  work.catch(() => undefined);
  const begun = performance.now();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason as Error);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const first = await Promise.race([work.then((value) => ({ value })), aborted, silenceOf(intervalMs, work)]);
      if (first !== null) return first.value;
      await Promise.race([work, aborted, onSilence(performance.now() - begun)]);
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Resolves to null after `intervalMs`; its timer goes when `work` ends first. */
async function silenceOf(intervalMs: number, work: Promise<unknown>): Promise<null> {
  return await new Promise((resolve) => {
    const timer = setTimeout(resolve, intervalMs, null);
    const clear = () => clearTimeout(timer);
    work.then(clear, clear);
  });
}
