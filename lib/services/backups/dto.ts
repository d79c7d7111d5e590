import { getTableColumns } from "drizzle-orm";
import type { BackupDto, MeterDto } from "#lib/contracts/backups";
import { describeReason } from "#lib/contracts/describe-reason";
import { backups } from "#lib/db/schema/backups";
import { type CopyHealth, copiesBroken } from "#lib/domain/broken";
import { type CopyFacts, type Meter, type MeterStep, type ProofFacts, readMeter } from "#lib/domain/meter";
import type { NeedFacts } from "./need-facts.ts";

const { manifest: _manifest, listing: _listing, searchText: _searchText, imported: _imported, ...shown } = getTableColumns(backups);

/** The columns that a backup's DTO is made from; the manifest and the listing may be large and are read for one backup only. */
export const backupColumns = shown;

export type BackupDtoRow = Omit<typeof backups.$inferSelect, "manifest" | "listing" | "searchText" | "imported">;

/** What stands beside the row: the source's name, the copies, the drills (`validations` of level `proven`), and what it needs. */
export type BackupJoined = {
  readonly sourceName: string;
  readonly copies: readonly (CopyFacts & CopyHealth)[];
  readonly proofs: readonly ProofFacts[];
  readonly needs: NeedFacts;
};

function toStep(step: MeterStep): MeterDto["stored"] {
  return { state: step.state, at: step.at === null ? null : step.at.toISOString() };
}

export function toMeterDto(meter: Meter): MeterDto {
  return { stored: toStep(meter.stored), verified: toStep(meter.verified), proven: toStep(meter.proven) };
}

export function toBackupDto(row: BackupDtoRow, joined: BackupJoined): BackupDto {
  const broken = copiesBroken(joined.copies) ?? joined.needs.broken;
  return {
    id: row.id,
    sourceId: row.sourceId,
    sourceName: joined.sourceName,
    database: row.database,
    chainId: row.chainId,
    kind: row.kind,
    origin: row.origin,
    askedKind: row.askedKind,
    kindReason: row.kindReason === null ? null : describeReason(row.kindReason),
    baseId: row.baseId,
    parentId: row.parentId,
    derivedFromId: row.derivedFromId,
    extension: row.extension,
    needs: joined.needs.needs,
    broken: broken === null ? null : describeReason(broken),
    state: row.state,
    meter: toMeterDto(readMeter(joined.copies, joined.proofs)),
    trigger: row.trigger,
    reason: row.reason,
    label: row.label,
    note: row.note,
    pinned: row.pinned,
    snapshotAt: row.snapshotAt.toISOString(),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt === null ? null : row.finishedAt.toISOString(),
    durationMs: row.finishedAt === null ? null : Math.max(0, row.finishedAt.getTime() - row.startedAt.getTime()),
    streamBytes: row.streamBytes,
    storedBytes: row.storedBytes,
    serverVersion: row.serverVersion,
    toolVersion: row.toolVersion,
    fileName: row.fileName,
    anomalies: row.anomalies,
    warnings: row.warnings,
    createdBy: { type: row.createdByType, id: row.createdById, name: row.createdByName },
    runId: row.runId,
    version: row.version,
  };
}
