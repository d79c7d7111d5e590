/**
 * Iterates a source and calls `onSilence` each time nothing came for `intervalMs` while we were waiting (not while the consumer
 * was busy). What it throws ends the iteration.
 */
export async function* watchedRead<T>(
  source: AsyncIterable<T>,
  intervalMs: number,
  onSilence: (silentMs: number) => Promise<void>,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      const result = await waitFor(next, intervalMs, onSilence);
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

async function waitFor<T>(next: Promise<T>, intervalMs: number, onSilence: (silentMs: number) => Promise<void>): Promise<T> {
  // Its failure is ours to report only while we wait for it.
  next.catch(() => undefined);
  const begun = performance.now();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, intervalMs, null);
    });
    const first = await Promise.race([next.then((value) => ({ value })), silence]);
    clearTimeout(timer);
    if (first !== null) return first.value;
    await Promise.race([next, onSilence(performance.now() - begun)]);
  }
}
