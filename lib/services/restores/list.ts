import { and, eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/restores";
import { backups } from "#lib/db/schema/backups";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { runColumns } from "../runs/load.ts";
import { restoreColumns, toRestoreDto } from "./dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: restores.createdAt,
  id: restores.id,
  direction: "descending",
  cast: "timestamptz",
};

/** Restores, newest first. */
export async function listRestores(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listRestores>,
): Promise<EndpointOutput<typeof contract.listRestores>> {
  authorise(context, "restores:read");
  const { backup, source, limit, after } = input.query;
  const where = and(
    backup === undefined ? undefined : eq(restores.backupId, backup),
    source === undefined ? undefined : eq(backups.sourceId, source),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({
        restore: restoreColumns,
        run: runColumns,
        sourceName: sources.name,
        snapshotAt: backups.snapshotAt,
        serverName: servers.name,
      })
      .from(restores)
      .innerJoin(runs, eq(runs.id, restores.runId))
      .innerJoin(backups, eq(backups.id, restores.backupId))
      .innerJoin(sources, eq(sources.id, backups.sourceId))
      .leftJoin(servers, eq(servers.id, restores.serverId))
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${restores} join ${backups} on ${backups.id} = ${restores.backupId}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ restore }) => ({ value: restore.createdAt.toISOString(), id: restore.id }));
  return { items: page.rows.map(({ restore, ...joined }) => toRestoreDto(restore, joined)), next: page.next, ...counted };
}
