import { setTimeout as sleep } from "node:timers/promises";

/** Waits so many milliseconds; rejects with the signal's reason when that comes first. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
