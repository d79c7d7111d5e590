import { and, desc, eq, gt, lte } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { type BackupManifest, backups } from "#lib/db/schema/backups";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { type DayPrint, findOdd, type Finding, historyDays, isDivergence, keepMeant, type WatchSettings } from "#lib/domain/fingerprint";
import type { ServiceContext } from "../context.ts";
import { openAlert, resolveAlert } from "../notifications/alerts.ts";

export type JudgedSource = { readonly id: string; readonly isSample: boolean };

/** What is odd about a day, by the fingerprints of the days before, what its backup left out, and what somebody said that it was meant. */
export async function judgeDay(
  tx: Transaction,
  at: { readonly sourceId: string; readonly day: string; readonly backupId: string },
  now: DayPrint,
  settings: WatchSettings,
): Promise<Finding[]> {
  const [known, [backup]] = await Promise.all([
    tx
      .select({
        day: fingerprints.day,
        migrationHead: fingerprints.migrationHead,
        tables: fingerprints.tables,
        findings: fingerprints.findings,
      })
      .from(fingerprints)
      .where(and(eq(fingerprints.sourceId, at.sourceId), lte(fingerprints.day, at.day)))
      .orderBy(desc(fingerprints.day))
      .limit(historyDays + 1),
    tx.select({ manifest: backups.manifest }).from(backups).where(eq(backups.id, at.backupId)),
  ]);
  const before = known.filter(({ day }) => day !== at.day).slice(0, historyDays);
  const findings = findOdd(now, before, settings, leftOutBy(backup?.manifest ?? null));
  const today = known.find(({ day }) => day === at.day);
  return keepMeant(findings, [...(before[0]?.findings ?? []), ...(today?.findings ?? [])]);
}

function leftOutBy(manifest: BackupManifest | null): (name: { schema: string; table: string }) => boolean {
  if (manifest === null) return () => false;
  const schemas = new Set(manifest.excludedSchemas);
  const tables = new Set(manifest.excludedTables.map(({ schema, table }) => JSON.stringify([schema, table])));
  return ({ schema, table }) => schemas.has(schema) || tables.has(JSON.stringify([schema, table]));
}

/** Opens or ends what is told about a source's contents, by its newest day; an older day changes nothing. The sample calls nobody. */
export async function tellFindings(
  tx: Transaction,
  context: ServiceContext,
  source: JudgedSource,
  { day, findings }: { readonly day: string; readonly findings: readonly Finding[] },
): Promise<void> {
  const [newer] = await tx
    .select({ id: fingerprints.id })
    .from(fingerprints)
    .where(and(eq(fingerprints.sourceId, source.id), gt(fingerprints.day, day)))
    .limit(1);
  if (newer !== undefined || source.isSample) return;
  const odd = findings.filter(isDivergence);
  const alert = { code: "fingerprint-diverged", subject: source.id } as const;
  const [first] = odd;
  if (first === undefined) {
    await resolveAlert(tx, context, alert);
    return;
  }
  const params = { day, findings: odd.length, first: first.code, schema: first.schema, table: first.table };
  await openAlert(tx, context, { ...alert, sourceId: source.id, params, isState: true });
}
