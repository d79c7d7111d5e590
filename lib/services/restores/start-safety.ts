import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createRestore as contract } from "#lib/contracts/restores";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { LifeboatError } from "#lib/domain/error";
import { replaceConfirmation } from "#lib/domain/replace-confirmation";
import type { RunType } from "#lib/domain/run-state";
import { startBackupRun } from "../backups/run-now.ts";
import type { ServiceContext } from "../context.ts";
import { findActiveRun, type RunRow } from "../runs/start.ts";
import { lockServer } from "../servers/load.ts";
import { insertSource } from "../sources/create.ts";
import { findReplacementTarget } from "./replacement-target.ts";
import type { ServerTarget } from "./resolve-order.ts";

type Order = EndpointInput<typeof contract>["body"];

/** Runs that work on a database's name; at most one of them at a time. */
const namingRuns = ["restore", "undo-replace", "clean-up-replace"] as const satisfies RunType[];

/** The run that works on the name now, or null. `subject` is `server/database`. */
export async function findNamingRun(tx: Transaction | ServiceContext["db"], subject: string): Promise<RunRow | null> {
  for (const type of namingRuns) {
    const run = await findActiveRun(tx, type, subject);
    if (run !== null) return run;
  }
  return null;
}

/** Throws `run-active` { runId, type } while another run works on the name. Call it with the server's row locked. */
export async function refuseNamingRun(tx: Transaction, subject: string): Promise<void> {
  const active = await findNamingRun(tx, subject);
  if (active !== null) throw new LifeboatError("run-active", { runId: active.id, type: active.type });
}

/**
 * The first half of a replacement: a backup of all that the target holds now, as an ordinary run of its source. A target that is no
 * source yet becomes one. Throws `replace-needs-all`, `confirmation-mismatch` { expected }, `confirmation-production` { database },
 * `run-active` { runId, type }, `target-is-catalogue`.
 */
export async function startSafetyBackup(
  tx: Transaction,
  context: ServiceContext,
  order: Order,
  { server: { id: serverId }, database }: ServerTarget,
): Promise<RunRow> {
  if (order.content !== "all" || order.tables.length > 0) throw new LifeboatError("replace-needs-all");
  // Verbs about the names of one server take turns, so that none of them misses what another one is starting.
  const server = await lockServer(tx, serverId, "update");
  await refuseNamingRun(tx, `${server.id}/${database}`);
  const target = await findReplacementTarget(tx, { serverId, database, targetEnvironment: order.targetEnvironment });
  const { confirmName: typed, confirmProduction } = order;
  const refusal = replaceConfirmation({ typed, database, environment: target.environment, confirmProduction });
  if (refusal !== null) throw new LifeboatError(refusal.code, refusal.params);
  const source =
    target.source ??
    (await insertSource(tx, context, server, {
      serverId: server.id,
      database,
      name: database,
      environment: target.environment,
      excludedSchemas: [],
      excludedTables: [],
      notes: "",
    }));
  return startBackupRun(tx, context, { sourceId: source.id, reason: "", note: "", trigger: "safety", everything: true });
}

/** The replacing part of the restore's row. */
export async function insertReplacement(tx: Transaction, restoreId: string, safety: RunRow, { strategy }: Order): Promise<void> {
  await tx.insert(replacements).values({ restoreId, safetyRunId: safety.id, strategy: strategy ?? null });
}
