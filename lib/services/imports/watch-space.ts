import { LifeboatError } from "#lib/domain/error";
import type { EngineContext } from "#lib/engines/port";

/** Room that stays on the disk, in bytes. */
const reserveBytes = 256 * 1024 * 1024;
const everyMs = 1_000;

/**
 * Runs `work` and looks at a disk meanwhile: a statement of a few words can make a server write until nothing is left, and others live on
 * that disk. `work` is aborted through its context's signal with `no-space` { path, freeBytes, neededBytes }.
 */
export async function watchSpace<T>(
  disk: { readonly path: string; readonly freeBytes: () => Promise<number> },
  context: EngineContext,
  work: (context: EngineContext) => Promise<T>,
  pauseMs = everyMs,
): Promise<T> {
  const full = new AbortController();
  const look = async () => {
    const freeBytes = await disk.freeBytes().catch(() => null);
    if (freeBytes === null || freeBytes >= reserveBytes) return;
    full.abort(new LifeboatError("no-space", { path: disk.path, freeBytes, neededBytes: reserveBytes }));
  };
  const timer = setInterval(() => void look(), pauseMs);
  try {
    return await work({ ...context, signal: AbortSignal.any([context.signal, full.signal]) });
  } catch (error) {
    full.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
  }
}
