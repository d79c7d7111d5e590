import { eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { listImports as contract } from "#lib/contracts/imports";
import { imports } from "#lib/db/schema/imports";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toImportDto } from "./dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: imports.createdAt,
  id: imports.id,
  direction: "descending",
  cast: "timestamptz",
};

/** Files from elsewhere, newest first. */
export async function listImports(
  context: ServiceContext,
  input: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "backups:read");
  const { limit, after } = input.query;
  const [found, counted] = await Promise.all([
    context.db
      .select({ row: imports, sourceName: sources.name })
      .from(imports)
      .leftJoin(sources, eq(sources.id, imports.sourceId))
      .where(keysetAfter(newestFirst, after))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${imports}`, undefined),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ row }) => ({ value: row.createdAt.toISOString(), id: row.id }));
  return { items: page.rows.map((each) => toImportDto(each.row, each)), next: page.next, ...counted };
}
