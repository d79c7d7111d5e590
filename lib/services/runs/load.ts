import { asc, eq, getTableColumns, sql } from "drizzle-orm";
import type { RunDetailDto } from "#lib/contracts/runs";
import type { Database, Transaction } from "#lib/db/client";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { toRunDetailDto } from "./dto.ts";
import { isUnserved } from "./served.ts";

const { input: _input, output: _output, ...shown } = getTableColumns(runs);

/** The columns that a run's DTO is made from. */
export const runColumns = shown;

/** One run with its steps. Throws `not-found`. */
export async function loadRunDetail(db: Database | Transaction, id: string): Promise<RunDetailDto> {
  const [found] = await db
    .select({ run: runColumns, sourceName: sources.name, served: sql<boolean>`not ${isUnserved(sql`${runs}.worker_group`)}` })
    .from(runs)
    .leftJoin(sources, eq(sources.id, runs.sourceId))
    .where(eq(runs.id, id));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "run", id });
  const steps = await db.select().from(runSteps).where(eq(runSteps.runId, id)).orderBy(asc(runSteps.ordinal));
  return toRunDetailDto(found.run, { sourceName: found.sourceName, steps, served: found.served });
}
