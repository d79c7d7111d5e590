import { and, asc, eq, gt } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/runs";
import { runLog } from "#lib/db/schema/run-log";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { isActive } from "#lib/domain/run-state";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/**
 * Lines of a run's log after a sequence number. `final` says that no line will ever follow: the run's state is read before its
 * lines, so a line written just before the end is not missed. Throws `not-found`.
 */
export async function getRunLog(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getRunLog>,
): Promise<EndpointOutput<typeof contract.getRunLog>> {
  authorise(context, "runs:read");
  const { id } = input.params;
  const { after, limit } = input.query;
  const [run] = await context.db.select({ state: runs.state }).from(runs).where(eq(runs.id, id));
  if (run === undefined) throw new LifeboatError("not-found", { entity: "run", id });
  const lines = await context.db
    .select({ seq: runLog.seq, at: runLog.at, level: runLog.level, text: runLog.text })
    .from(runLog)
    .where(and(eq(runLog.runId, id), gt(runLog.seq, after)))
    .orderBy(asc(runLog.seq))
    .limit(limit);
  return {
    lines: lines.map((line) => ({ seq: line.seq, at: line.at.toISOString(), level: line.level, text: line.text })),
    next: lines.at(-1)?.seq ?? after,
    final: !isActive(run.state) && lines.length < limit,
  };
}
