import { eq, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import type { EngineContext, RestoreRequest } from "#lib/engines/port";
import type { BackupFacts } from "../backups/facts.ts";
import type { WorkerDeps } from "../runs/work.ts";
import type { DatabaseRestore, ReplacementRow } from "./rows.ts";

/** What settling works with; the signal is one of its own. */
export type Settling = { readonly db: Database; readonly deps: WorkerDeps; readonly engineContext: EngineContext };

/** One replacement that nobody works on any more, with everything that is asked about it. */
export type Unsettled = {
  readonly restore: DatabaseRestore;
  readonly replacement: ReplacementRow;
  readonly facts: BackupFacts;
  readonly request: RestoreRequest;
};

/** Adds a line to the warnings of a run that is over. */
export async function warn(tx: Transaction, runId: string, warning: string): Promise<void> {
  const added = JSON.stringify([warning]);
  await tx
    .update(runs)
    .set({ warnings: sql`${runs.warnings} || ${added}::jsonb`, version: sql`${runs.version} + 1` })
    .where(eq(runs.id, runId));
}
