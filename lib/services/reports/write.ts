import { desc, eq } from "drizzle-orm";
import type { ReportContent } from "#lib/contracts/drill-reports";
import type { Transaction } from "#lib/db/client";
import { drillReports } from "#lib/db/schema/drill-reports";
import { canonicalJson } from "#lib/domain/canonical-json";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { noReport, sha256Of, signText } from "./chain.ts";
import { gatherReport } from "./gather.ts";
import { lockReports, openSigningKey } from "./signing-key.ts";

/**
 * What only the closing of a drill knows. Everything else is read in the same transaction: the drill's row (backup, target, playbook's version, events),
 * its checks, the steps of its runs, source and server. So write checks, steps and events first.
 */
export type ReportInput = Pick<
  ReportContent,
  "verdict" | "findings" | "improvement" | "signOff" | "cleanUp" | "nextDueAt" | "incidentId" | "clock"
> & {
  readonly drillId: string;
  readonly closedAt: Date;
};

export type WrittenReport = { readonly reportId: string; readonly sha256: string };

/**
 * Writes the report of a drill that is being closed: numbers it, chains it to the one before, signs it. Neither row nor file can be changed afterwards.
 * Call it in the transaction that closes the drill, as late as possible: reports are written one at a time. A second call for a drill answers with the
 * report that it has. Throws `secret-key-missing` { keyId } when the signing key cannot be opened, `not-found` without such a drill.
 */
export async function writeReport(tx: Transaction, context: ServiceContext, input: ReportInput): Promise<WrittenReport> {
  await lockReports(tx);
  const [written] = await tx.select().from(drillReports).where(eq(drillReports.drillId, input.drillId));
  if (written !== undefined) return { reportId: written.id, sha256: written.sha256 };
  const key = await openSigningKey(tx, context);
  const [last] = await tx
    .select({ sequence: drillReports.sequence, sha256: drillReports.sha256 })
    .from(drillReports)
    .orderBy(desc(drillReports.sequence))
    .limit(1);
  const place = {
    id: makeId("report", context.newUuid()),
    sequence: (last?.sequence ?? 0) + 1,
    previousSha256: last?.sha256 ?? noReport,
    writtenAt: context.now(),
  };
  const content = await gatherReport(tx, input, place);
  const canonical = canonicalJson(content);
  const sha256 = sha256Of(canonical);
  await tx.insert(drillReports).values({
    id: place.id,
    drillId: input.drillId,
    sequence: place.sequence,
    previousSha256: place.previousSha256,
    sha256,
    canonical,
    keyId: key.id,
    signature: signText(canonical, key.privateKey),
    createdAt: place.writtenAt,
  });
  await recordAudit(tx, context, {
    action: "report.create",
    targetType: "report",
    targetId: place.id,
    targetName: content.source.name,
    after: { drillId: input.drillId, sequence: place.sequence, sha256, verdict: content.verdict },
  });
  return { reportId: place.id, sha256 };
}
