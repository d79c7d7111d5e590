import { and, eq, inArray, isNotNull, ne, sql } from "drizzle-orm";
import type { DrillSelection } from "#lib/contracts/drill-plans";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { drills } from "#lib/db/schema/drills";
import { validations } from "#lib/db/schema/validations";
import { selectBackup } from "#lib/domain/drill-select";
import { LifeboatError } from "#lib/domain/error";
import type { BackupFacts } from "../backups/facts.ts";
import type { WorkerDeps } from "../runs/work.ts";
import type { DrillRow } from "./rows.ts";

const drawDigits = 12;

/**
 * The backup that a drill restores: the one that was asked for, else what the plan's selection means now. Throws `drill-no-backup` { selection },
 * and `not-found` for one that is asked for and not of this source (any more).
 */
export async function chooseDrillBackup(
  db: Database | Transaction,
  drill: Pick<DrillRow, "sourceId" | "wantedBackupId">,
  selection: DrillSelection,
  { context, randomHex }: Pick<WorkerDeps, "context" | "randomHex">,
): Promise<string> {
  const available = and(eq(backups.sourceId, drill.sourceId), eq(backups.state, "available"));
  if (drill.wantedBackupId !== null) {
    const [wanted] = await db
      .select({ id: backups.id })
      .from(backups)
      .where(and(available, eq(backups.id, drill.wantedBackupId)));
    if (wanted === undefined) throw new LifeboatError("not-found", { entity: "backup", id: drill.wantedBackupId });
    return wanted.id;
  }
  const [found, proven] = await Promise.all([
    db
      .select({ id: backups.id, chainId: backups.chainId, kind: backups.kind, snapshotAt: backups.snapshotAt })
      .from(backups)
      .where(available),
    db
      .selectDistinct({ id: validations.backupId })
      .from(validations)
      .innerJoin(backups, eq(backups.id, validations.backupId))
      .where(and(available, eq(validations.level, "proven"), eq(validations.verdict, "passed"))),
  ]);
  const known = new Set(proven.map(({ id }) => id));
  const random = Number.parseInt(randomHex(drawDigits / 2), 16) / 16 ** drawDigits;
  const candidates = found.map((backup) => Object.assign(backup, { isProven: known.has(backup.id) }));
  const chosen = selectBackup(candidates, selection, { now: context.now(), random });
  if (chosen === null) throw new LifeboatError("drill-no-backup", { selection: selection.type });
  return chosen.id;
}

/** Names of what is restored, as they are now: they outlive the backup. */
export async function describeBackup(
  db: Database | Transaction,
  { backup, chain, pack, needs, stream, tables }: BackupFacts,
): Promise<NonNullable<DrillDetailDto["backup"]>> {
  const read = needs.filter(({ dependency }) => dependency.reason === "packs");
  const others = read.flatMap(({ dependency }) => dependency.needsId);
  const known =
    others.length === 0
      ? []
      : await db
          .select({ id: backups.id, kind: backups.kind, snapshotAt: backups.snapshotAt })
          .from(backups)
          .where(inArray(backups.id, others));
  const backupOf = new Map(known.map((each) => [each.id, each]));
  const members = read
    .map(({ dependency }) => {
      const needed = backupOf.get(dependency.needsId);
      return {
        backupId: dependency.needsId,
        kind: needed?.kind ?? null,
        snapshotAt: needed?.snapshotAt.toISOString() ?? null,
        readBytes: dependency.readBytes,
      };
    })
    .toSorted((left, right) => ((left.snapshotAt ?? "") < (right.snapshotAt ?? "") ? -1 : 1));
  return {
    id: backup.id,
    chainId: chain.id,
    kind: backup.kind,
    snapshotAt: backup.snapshotAt.toISOString(),
    fileName: backup.fileName,
    streamBytes: stream.bytes,
    storedBytes: backup.storedBytes,
    sha256: stream.sha256,
    serverVersion: backup.serverVersion,
    toolVersion: backup.toolVersion,
    chain: [...members, { backupId: backup.id, kind: backup.kind, snapshotAt: backup.snapshotAt.toISOString(), readBytes: pack.bytes }],
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** Bytes of the copy that the last drill of a source which did not fail measured, this one aside; null before there is one. */
export async function previousCopyBytes(db: Database | Transaction, drill: Pick<DrillRow, "id" | "sourceId">): Promise<number | null> {
  const [row] = await db
    .select({ bytes: drills.copyBytes })
    .from(drills)
    .where(
      and(
        eq(drills.sourceId, drill.sourceId),
        eq(drills.state, "closed"),
        // A copy that was cut short must not become what the next one is measured by.
        ne(drills.verdict, "failed"),
        isNotNull(drills.copyBytes),
        ne(drills.id, drill.id),
      ),
    )
    .orderBy(sql`${drills.startedAt} desc`)
    .limit(1);
  return row?.bytes ?? null;
}
