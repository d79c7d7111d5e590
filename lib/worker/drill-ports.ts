import { postgresDeps } from "#lib/engines/postgres/engine-deps";
import { createPostgresCopyReader } from "#lib/engines/postgres/copy-reader";
import type { Logger } from "#lib/log/log";
import type { DrillPorts } from "#lib/services/drills/ports";
import { createDrillHooks } from "./drill-hooks.ts";
import { createDrillSandboxes } from "./drill-sandboxes.ts";

export type DrillWiring = {
  readonly pgBinPath: readonly string[];
  /** Where sandboxes lie. */
  readonly sandboxDir: string;
  /** The host's file that declares commands and applications; null: nothing is declared. */
  readonly hooksFile: string | null;
  readonly lockWaitMs: number;
  readonly stallMs: number;
  readonly logger: Logger;
};

/** What drills need of the outside, on one host. */
export function createDrillPorts(wiring: DrillWiring): DrillPorts {
  const { pgBinPath, sandboxDir, lockWaitMs, stallMs, logger } = wiring;
  return {
    sandboxes: createDrillSandboxes({ root: sandboxDir, pgBinPath, logger }),
    hooks: createDrillHooks({ file: wiring.hooksFile, logger }),
    copies: createPostgresCopyReader(postgresDeps({ pgBinPath, lockWaitMs, stallMs, logger })),
  };
}
