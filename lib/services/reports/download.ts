import type * as contract from "#lib/contracts/drill-reports";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadReport } from "./get.ts";
import { signedFileText } from "./inspect-file.ts";

type Input = EndpointInput<typeof contract.downloadDrillReport>;

/**
 * Lets the download begin and writes down who took which form. Answers with the signed file, from which the other forms are made at the edge. Throws
 * `not-found` and `report-not-written`.
 */
export async function downloadDrillReport(
  context: ServiceContext,
  { params, query }: Input,
): Promise<EndpointOutput<typeof contract.downloadDrillReport>> {
  authorise(context, "drills:read");
  const row = await loadReport(context, params.id);
  await recordAudit(context.db, context, {
    action: "report.download",
    targetType: "report",
    targetId: row.id,
    after: { drillId: params.id, format: query.format },
  });
  return signedFileText(row);
}
