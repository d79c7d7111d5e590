import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/drill-reports";
import { reportNotes } from "#lib/db/schema/report-notes";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { getDrillReport, loadReport } from "./get.ts";

/** Adds a correction beside a report, which itself stays as it was signed. Throws `not-found` and `report-not-written`. */
export async function addReportNote(
  context: ServiceContext,
  { params, body }: EndpointInput<typeof contract.addReportNote>,
): Promise<EndpointOutput<typeof contract.addReportNote>> {
  authorise(context, "drills:operate");
  const report = await loadReport(context, params.id);
  await context.db.transaction(async (tx) => {
    const id = makeId("reportNote", context.newUuid());
    const { actor } = context;
    await tx
      .insert(reportNotes)
      .values({ id, reportId: report.id, text: body.text, authorId: actor.id, authorName: actor.name, createdAt: context.now() });
    await recordAudit(tx, context, { action: "report.note", targetType: "report", targetId: report.id, after: { text: body.text } });
  });
  return getDrillReport(context, { params });
}
