import { and, count, desc, eq, gt, inArray, isNull } from "drizzle-orm";
import { reportContent, type ReportProblem } from "#lib/contracts/drill-reports";
import type { Database, Transaction } from "#lib/db/client";
import { drillReports } from "#lib/db/schema/drill-reports";
import { drills } from "#lib/db/schema/drills";
import { signingKeys } from "#lib/db/schema/signing-keys";
import { noReport, sha256Of } from "./chain.ts";
import { inspectSignature, type PublicKeys, readPublicKey } from "./inspect-file.ts";
import { signingKeyId } from "./signing-key.ts";

export type ReportRow = typeof drillReports.$inferSelect;

/** The keys of this installation. One whose id is not made from it was put there by somebody else and is left out. */
export async function loadPublicKeys(db: Database | Transaction): Promise<PublicKeys> {
  const rows = await db
    .select({ id: signingKeys.id, publicKey: signingKeys.publicKey })
    .from(signingKeys)
    .orderBy(desc(signingKeys.createdAt));
  const keys = rows.map(({ id, publicKey }) => ({ id, key: readPublicKey(publicKey) }));
  return new Map(keys.flatMap(({ id, key }) => (key !== null && signingKeyId(key) === id ? [[id, key] as const] : [])));
}

/** Looks at a stored report now: hash, signature, its own row, and the reports before and after it. */
export async function verifyStored(db: Database | Transaction, row: ReportRow): Promise<ReportProblem[]> {
  return [...inspectSignature(row, await loadPublicKeys(db)), ...ownRow(row), ...(await neighbours(db, row))];
}

/** How many reports the chain holds. */
export async function countReports(db: Database | Transaction): Promise<number> {
  const [row] = await db.select({ reports: count() }).from(drillReports);
  return row?.reports ?? 0;
}

/** Two rows whose contents were exchanged say something else of themselves than their columns do. */
function ownRow(row: ReportRow): ReportProblem[] {
  const content = contentOf(row);
  const isOwn =
    content !== null &&
    content.id === row.id &&
    content.drill.id === row.drillId &&
    content.sequence === row.sequence &&
    content.previousSha256 === row.previousSha256;
  return isOwn ? [] : ["row-differs"];
}

/** What a row's text says; null when it is no report any more. */
export function contentOf({ canonical }: Pick<ReportRow, "canonical">) {
  try {
    const parsed = reportContent.safeParse(JSON.parse(canonical));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function neighbours(db: Database | Transaction, row: ReportRow): Promise<ReportProblem[]> {
  const around = await db
    .select()
    .from(drillReports)
    .where(inArray(drillReports.sequence, [row.sequence - 1, row.sequence + 1]));
  const previous = around.find(({ sequence }) => sequence === row.sequence - 1);
  const next = around.find(({ sequence }) => sequence === row.sequence + 1);
  return [...judgePrevious(row, previous), ...(next === undefined ? await judgeEnd(db, row) : judgeNext(row, next))];
}

function judgePrevious(row: ReportRow, previous: ReportRow | undefined): ReportProblem[] {
  const named = contentOf(row)?.previousSha256;
  if (row.sequence === 1) return named === noReport ? [] : ["previous-differs"];
  if (previous === undefined) return ["previous-missing"];
  return named === sha256Of(previous.canonical) ? [] : ["previous-differs"];
}

function judgeNext(row: ReportRow, next: ReportRow): ReportProblem[] {
  return contentOf(next)?.previousSha256 === sha256Of(row.canonical) ? [] : ["next-differs"];
}

/** The newest report is the last one only when no later one is missed: neither a later number nor a drill whose (later: ids grow) report is gone. */
async function judgeEnd(db: Database | Transaction, row: ReportRow): Promise<ReportProblem[]> {
  const [[later], [orphan]] = await Promise.all([
    db.select({ id: drillReports.id }).from(drillReports).where(gt(drillReports.sequence, row.sequence)).limit(1),
    db
      .select({ id: drills.id })
      .from(drills)
      .leftJoin(drillReports, eq(drillReports.id, drills.reportId))
      .where(and(gt(drills.reportId, row.id), isNull(drillReports.id)))
      .limit(1),
  ]);
  return later === undefined && orphan === undefined ? [] : ["next-missing"];
}
