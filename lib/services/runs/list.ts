import { and, eq, inArray, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/runs";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toRunDto } from "./dto.ts";
import { runColumns } from "./load.ts";

const newestFirst: KeysetOrder = {
  sort: "-queuedAt",
  column: runs.queuedAt,
  id: runs.id,
  direction: "descending",
  cast: "timestamptz",
};

/** Runs, newest first; probes only when asked for. */
export async function listRuns(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listRuns>,
): Promise<EndpointOutput<typeof contract.listRuns>> {
  authorise(context, "runs:read");
  const { source, type, state, probes, limit, after } = input.query;
  const where = and(
    source === undefined ? undefined : eq(runs.sourceId, source),
    type === undefined ? undefined : eq(runs.type, type),
    state === undefined ? undefined : state === "active" ? inArray(runs.state, ["queued", "running"]) : eq(runs.state, state),
    probes ? undefined : eq(runs.isProbe, false),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({ run: runColumns, sourceName: sources.name })
      .from(runs)
      .leftJoin(sources, eq(sources.id, runs.sourceId))
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${runs}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ run }) => ({ value: run.queuedAt.toISOString(), id: run.id }));
  return { items: page.rows.map(({ run, sourceName }) => toRunDto(run, { sourceName })), next: page.next, ...counted };
}
