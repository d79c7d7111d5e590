import { eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/drill-reports";
import { drillReports } from "#lib/db/schema/drill-reports";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { inspectFile } from "./inspect-file.ts";
import { loadPublicKeys, verifyStored } from "./verify.ts";

/** Says whether a file is a report of this installation, as it was signed, and whether it still stands in the chain. */
export async function checkReportFile(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.checkReportFile>,
): Promise<EndpointOutput<typeof contract.checkReportFile>> {
  authorise(context, "drills:read");
  const { problems: own, signed, canonical } = inspectFile(body.text, await loadPublicKeys(context.db));
  if (signed === null) return { ok: false, problems: [...own], report: null };
  const { id, sequence, source, verdict, writtenAt } = signed.report;
  const [stored] = await context.db.select().from(drillReports).where(eq(drillReports.id, id));
  const place = stored === undefined ? (["not-here"] as const) : await verifyStored(context.db, stored);
  const isSame = stored === undefined || (stored.canonical === canonical && stored.signature === signed.signature.value);
  const problems = [...new Set([...own, ...place, ...(isSame ? [] : (["stored-differs"] as const))])];
  return { ok: problems.length === 0, problems, report: { id, sequence, sourceName: source.name, verdict, writtenAt } };
}
