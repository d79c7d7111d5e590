import { and, eq } from "drizzle-orm";
import type { BackupDto } from "#lib/contracts/backups";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { LifeboatError } from "#lib/domain/error";
import type { CopyHealth } from "#lib/domain/broken";
import type { CopyFacts, ProofFacts } from "#lib/domain/meter";
import { oneOf } from "../one-of.ts";
import { backupColumns, type BackupDtoRow, toBackupDto } from "./dto.ts";
import { isVisible } from "./good.ts";
import { loadNeedFacts } from "./need-facts.ts";

export type MeterFacts = { readonly copies: readonly (CopyFacts & CopyHealth)[]; readonly proofs: readonly ProofFacts[] };

const nothingKnown: MeterFacts = { copies: [], proofs: [] };

/** Copies and drills of many backups in two queries, by backup id. */
export async function loadMeterFacts(db: Database | Transaction, backupIds: readonly string[]): Promise<(id: string) => MeterFacts> {
  if (backupIds.length === 0) return () => nothingKnown;
  const [copyRows, proofRows] = await Promise.all([
    db
      .select({
        backupId: copies.backupId,
        state: copies.state,
        storedAt: copies.storedAt,
        verifiedAt: copies.verifiedAt,
        failedAt: copies.failedAt,
        failure: copies.failure,
      })
      .from(copies)
      .where(oneOf(copies.backupId, backupIds)),
    db
      .select({ backupId: validations.backupId, verdict: validations.verdict, at: validations.at })
      .from(validations)
      .where(and(oneOf(validations.backupId, backupIds), eq(validations.level, "proven"))),
  ]);
  const copiesOf = Map.groupBy(copyRows, (row) => row.backupId);
  const proofsOf = Map.groupBy(proofRows, (row) => row.backupId);
  return (id) => ({ copies: copiesOf.get(id) ?? [], proofs: proofsOf.get(id) ?? [] });
}

/** Rows of a list with their source's names → DTOs, with a fixed number of queries. */
export async function toBackupDtos(
  db: Database | Transaction,
  rows: readonly { backup: BackupDtoRow; sourceName: string }[],
): Promise<BackupDto[]> {
  const ids = rows.map(({ backup }) => backup.id);
  const [factsOf, needsOf] = await Promise.all([loadMeterFacts(db, ids), loadNeedFacts(db, ids)]);
  return rows.map(({ backup, sourceName }) => toBackupDto(backup, { sourceName, ...factsOf(backup.id), needs: needsOf(backup.id) }));
}

/** One backup as lists show it. Throws `not-found`, also for an intent row. */
export async function loadBackup(db: Database | Transaction, id: string): Promise<BackupDto> {
  const rows = await db
    .select({ backup: backupColumns, sourceName: sources.name })
    .from(backups)
    .innerJoin(sources, eq(sources.id, backups.sourceId))
    .where(and(eq(backups.id, id), isVisible));
  const [found] = await toBackupDtos(db, rows);
  if (found === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  return found;
}

/** Throws `not-found` unless the backup is there to be shown. */
export async function requireBackup(db: Database | Transaction, id: string): Promise<void> {
  const [found] = await db
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.id, id), isVisible));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
}
