import { asc, eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/drill-reports";
import { drillReports } from "#lib/db/schema/drill-reports";
import { drills } from "#lib/db/schema/drills";
import { reportNotes } from "#lib/db/schema/report-notes";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { contentOf, countReports, type ReportRow, verifyStored } from "./verify.ts";

/** The report of a closed drill with its notes, looked at again now. Throws `not-found` and `report-not-written`. */
export async function getDrillReport(
  context: ServiceContext,
  { params }: Pick<EndpointInput<typeof contract.getDrillReport>, "params">,
): Promise<EndpointOutput<typeof contract.getDrillReport>> {
  authorise(context, "drills:read");
  const row = await loadReport(context, params.id);
  const report = contentOf(row);
  // Rows that no longer hold a report are only made by somebody who went round the triggers.
  if (report === null)
    throw new LifeboatError("format-unknown", { detail: `report ${row.id} cannot be read: it was changed in the catalogue` });
  const [notes, problems, reportsInChain] = await Promise.all([
    context.db.select().from(reportNotes).where(eq(reportNotes.reportId, row.id)).orderBy(asc(reportNotes.createdAt), asc(reportNotes.id)),
    verifyStored(context.db, row),
    countReports(context.db),
  ]);
  return {
    signed: { report, sha256: row.sha256, signature: { algorithm: "Ed25519", keyId: row.keyId, value: row.signature } },
    notes: notes.map(({ id, createdAt, authorName, text }) => ({ id, at: createdAt.toISOString(), authorName, text })),
    verification: { ok: problems.length === 0, problems, checkedAt: context.now().toISOString(), reportsInChain },
  };
}

/** The stored row. Throws `not-found` for a drill that there is not, `report-not-written` for one that has no report. */
export async function loadReport(context: ServiceContext, drillId: string): Promise<ReportRow> {
  const [row] = await context.db.select().from(drillReports).where(eq(drillReports.drillId, drillId));
  if (row !== undefined) return row;
  const [drill] = await context.db.select({ id: drills.id }).from(drills).where(eq(drills.id, drillId));
  if (drill === undefined) throw new LifeboatError("not-found", { entity: "drill", id: drillId });
  throw new LifeboatError("report-not-written");
}
