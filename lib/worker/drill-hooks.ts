import { LifeboatError } from "#lib/domain/error";
import type { Logger } from "#lib/log/log";
import type { DrillHooks } from "#lib/services/drills/ports";

/** Placeholder until the checks' hooks land. */
export function createDrillHooks(_wiring: { readonly file: string | null; readonly logger: Logger }): DrillHooks {
  const unknown = (name: string) => Promise.reject(new LifeboatError("hook-unknown", { name }));
  return {
    declared: () => Promise.resolve({ commands: [], applications: [], problems: [] }),
    runCommand: unknown,
    startApplication: unknown,
    request: (origin) => unknown(origin),
    declaredHead: unknown,
  };
}
