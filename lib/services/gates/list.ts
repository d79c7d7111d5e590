import { and, eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { listGates as contract } from "#lib/contracts/gates";
import { gates } from "#lib/db/schema/gates";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toGateDto } from "./rows.ts";

const newestFirst: KeysetOrder = {
  sort: "-startedAt",
  column: gates.startedAt,
  id: gates.id,
  direction: "descending",
  cast: "timestamptz",
};

/** Gates, newest first. */
export async function listGates(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "gates:read");
  const { source, state, limit, after } = input.query;
  const where = and(
    source === undefined ? undefined : eq(gates.sourceId, source),
    state === undefined ? undefined : eq(gates.state, state),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({ gate: gates, sourceName: sources.name })
      .from(gates)
      .innerJoin(sources, eq(sources.id, gates.sourceId))
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${gates}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ gate }) => ({ value: gate.startedAt.toISOString(), id: gate.id }));
  return { items: page.rows.map(({ gate, sourceName }) => toGateDto(gate, sourceName)), next: page.next, ...counted };
}
