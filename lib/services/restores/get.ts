import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/restores";
import { backups } from "#lib/db/schema/backups";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { runColumns } from "../runs/load.ts";
import { toRestoreDto } from "./dto.ts";
import { loadReplacementDto } from "./replacement-dto.ts";

/** One restore with its errors and the comparison, table by table. Throws `not-found`. */
export async function getRestore(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getRestore>,
): Promise<contract.RestoreDetailDto> {
  authorise(context, "restores:read");
  const { id } = input.params;
  const [found] = await context.db
    .select({ restore: restores, run: runColumns, sourceName: sources.name, snapshotAt: backups.snapshotAt, serverName: servers.name })
    .from(restores)
    .innerJoin(runs, eq(runs.id, restores.runId))
    .innerJoin(backups, eq(backups.id, restores.backupId))
    .innerJoin(sources, eq(sources.id, backups.sourceId))
    .leftJoin(servers, eq(servers.id, restores.serverId))
    .where(eq(restores.id, id));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "restore", id });
  const { restore, ...joined } = found;
  return {
    ...toRestoreDto(restore, joined),
    errors: restore.errors,
    comparison: restore.comparison,
    outcome: restore.outcome,
    facts: restore.facts,
    replacement: restore.mode === "replace" && restore.serverId !== null ? await loadReplacementDto(context.db, restore.id) : null,
  };
}
