import { once } from "node:events";
import type { WorkerDeps } from "#lib/services/runs/work";

/** Loads that end with their abort and not before, however quick they were, while `isOn`: for tests that end a run in the middle of one. */
export function holdLoads() {
  const hold = { isOn: false };
  const change = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: {
      ...deps.engine,
      load: async (path, request, onEntry, context) => {
        const loaded = await deps.engine.load(path, request, onEntry, context);
        if (hold.isOn && !context.signal.aborted) await once(context.signal, "abort");
        context.signal.throwIfAborted();
        return loaded;
      },
    },
  });
  return { hold, change };
}
