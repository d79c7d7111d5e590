import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createRestore as contract } from "#lib/contracts/restores";
import type { Transaction } from "#lib/db/client";
import { LifeboatError } from "#lib/domain/error";
import { replaceConfirmation } from "#lib/domain/replace-confirmation";
import { startBackupRun } from "../backups/run-now.ts";
import type { ServiceContext } from "../context.ts";
import type { RunRow } from "../runs/start.ts";
import { findFileSource } from "./file-source.ts";
import type { FileTarget } from "./resolve-order.ts";

/**
 * The first half of putting a backup in the place of a file: a backup of what the file holds now. Only a file that is a source can be
 * replaced: of another one nobody would know what it was. Throws `file-exists` { path }, `confirmation-mismatch` { expected } (the
 * file's name without folder and extension), `confirmation-production` { database }, `run-active` { runId, type }.
 */
export async function startFileSafetyBackup(
  tx: Transaction,
  context: ServiceContext,
  { confirmName: typed, confirmProduction }: EndpointInput<typeof contract>["body"],
  { path }: FileTarget,
  workerGroup: string | null,
): Promise<RunRow> {
  const source = await findFileSource(tx, { path, workerGroup });
  if (source === null) throw new LifeboatError("file-exists", { path });
  const { id: sourceId, database, environment } = source;
  const refusal = replaceConfirmation({ typed, database, environment, confirmProduction });
  if (refusal !== null) throw new LifeboatError(refusal.code, refusal.params);
  return startBackupRun(tx, context, { sourceId, reason: "", note: "", trigger: "safety", everything: true });
}
