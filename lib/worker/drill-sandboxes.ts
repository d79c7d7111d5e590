import { LifeboatError } from "#lib/domain/error";
import type { Logger } from "#lib/log/log";
import type { DrillSandboxes } from "#lib/services/drills/ports";

/** Not built yet. */
export function createDrillSandboxes(_host: {
  readonly root: string;
  readonly pgBinPath: readonly string[];
  readonly logger: Logger;
}): DrillSandboxes {
  const missing = () => Promise.reject(new LifeboatError("sandbox-unavailable", { detail: "not built yet" }));
  return {
    look: () => Promise.resolve({ problem: { code: "sandbox-unavailable", params: { detail: "not built yet" } } }),
    start: missing,
    createRoles: missing,
    isAlive: () => Promise.resolve(false),
    relay: missing,
    remove: () => Promise.resolve({ processes: 0, folders: 0, files: 0, detail: "" }),
    sweep: () => Promise.resolve(),
    folder: missing,
  };
}
