import { and, eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { backups } from "#lib/db/schema/backups";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";

const byPurge: KeysetOrder = { sort: "purgeAt", column: backups.purgeAt, id: backups.id, direction: "ascending", cast: "timestamptz" };

/** What is in the trash, the next to be removed first. */
export async function listTrash(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listTrash>,
): Promise<EndpointOutput<typeof contract.listTrash>> {
  authorise(context, "backups:read");
  const { source, limit, after } = input.query;
  const where = and(eq(backups.state, "trashed"), source === undefined ? undefined : eq(backups.sourceId, source));
  const [found, counted] = await Promise.all([
    context.db
      .select({
        id: backups.id,
        sourceId: backups.sourceId,
        sourceName: sources.name,
        kind: backups.kind,
        snapshotAt: backups.snapshotAt,
        storedBytes: backups.storedBytes,
        trashedAt: backups.trashedAt,
        reason: backups.trashReason,
        trashedByName: backups.trashedByName,
        purgeAt: backups.purgeAt,
        version: backups.version,
      })
      .from(backups)
      .innerJoin(sources, eq(sources.id, backups.sourceId))
      .where(and(where, keysetAfter(byPurge, after)))
      .orderBy(...keysetOrderBy(byPurge))
      .limit(limit + 1),
    countCapped(context.db, sql`${backups}`, where),
  ]);
  const page = pageRows(found, limit, byPurge, (row) => ({ value: row.purgeAt?.toISOString() ?? "", id: row.id }));
  return {
    items: page.rows.map((row) => ({
      ...row,
      snapshotAt: row.snapshotAt.toISOString(),
      trashedAt: row.trashedAt?.toISOString() ?? "",
      reason: row.reason ?? "by-hand",
      trashedByName: row.trashedByName ?? "",
      purgeAt: row.purgeAt?.toISOString() ?? "",
    })),
    next: page.next,
    ...counted,
  };
}
