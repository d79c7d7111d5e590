import type { Logger } from "#lib/log/log";
import type { CatalogueAddress } from "./server.ts";
import type { Installer, ToolSet } from "./tool-choice.ts";

/** What an engine is made with: the host's configuration. Durations in milliseconds. */
export type PostgresEngineOptions = {
  /** Folders with PostgreSQL programs that are looked at first. */
  readonly pgBinPath: readonly string[];
  /** Finds the tool sets; left out: `pgBinPath`, then the usual places of this machine. */
  readonly findTools?: () => Promise<readonly ToolSet[]>;
  /** How long pg_dump waits for a table's lock. */
  readonly lockWaitMs: number;
  /** How long a rename waits for a database's lock, new sessions behind it; left out: 5 seconds. */
  readonly renameWaitMs?: number;
  /** Silence after which the server is asked whether it still works. */
  readonly stallMs: number;
  /** What one such question may take, connecting included; left out: as long as the silence before it, and 15 seconds at most. */
  readonly lookMs?: number;
  /** Where the catalogue lies, so that it is never a target, even before its marker is read. */
  readonly cataloguesAddress?: CatalogueAddress | null;
  readonly logger: Logger;
};

export type Tools = { readonly sets: () => Promise<readonly ToolSet[]>; readonly installer: () => Promise<Installer> };

/** What the verbs of this engine share. */
export type Deps = { readonly options: PostgresEngineOptions; readonly tools: Tools };
