import { postgresDeps } from "#lib/engines/postgres/engine-deps";
import { createPostgresCopyReader } from "#lib/engines/postgres/copy-reader";
import type { Logger } from "#lib/log/log";
import type { Keyring } from "#lib/secrets/keyring";
import type { DrillPorts } from "#lib/services/drills/ports";
import { admittedCopies } from "./admitted-copies.ts";
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
  readonly keyring: Keyring;
  readonly logger: Logger;
};

/** What drills need of the outside, on one host. */
export function createDrillPorts(wiring: DrillWiring): DrillPorts {
  const { pgBinPath, sandboxDir, lockWaitMs, stallMs, keyring, logger } = wiring;
  const sandboxes = createDrillSandboxes({ root: sandboxDir, pgBinPath, keyring, logger });
  const copies = createPostgresCopyReader(postgresDeps({ pgBinPath, lockWaitMs, stallMs, logger }));
  return {
    sandboxes,
    hooks: createDrillHooks({ file: wiring.hooksFile, logger }),
    copies: admittedCopies(copies, { admit: sandboxes.admitReaderOf, weaken: sandboxes.weakenRolesOf }),
  };
}
