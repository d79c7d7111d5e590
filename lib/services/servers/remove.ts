import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseOpenDrillOn } from "../drills/refuse-open.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { auditedServer } from "./dto.ts";
import { lockServer } from "./load.ts";

/**
 * Removes a server: its passwords go, its row stays for the sources and restores that name it. Throws `not-found`,
 * `version-required`, `version-conflict`, `server-has-sources` { count }, `run-active` { runId, type }, `drill-open` { drillId }.
 */
export async function deleteServer(context: ServiceContext, input: EndpointInput<typeof contract.deleteServer>): Promise<null> {
  authorise(context, "servers:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  await context.db.transaction(async (tx) => {
    const row = await lockServer(tx, id, "update");
    refuseStale("server", row.version, expected);
    const [using] = await tx
      .select({ count: sql<number>`count(*)::int` })
      .from(sources)
      .where(and(eq(sources.serverId, id), isNull(sources.removedAt)));
    if (using !== undefined && using.count > 0) throw new LifeboatError("server-has-sources", { count: using.count });
    const [active] = await tx
      .select({ id: runs.id, type: runs.type })
      .from(runs)
      .where(and(eq(runs.serverId, id), inArray(runs.state, ["queued", "running"]), eq(runs.isProbe, false)))
      .limit(1);
    if (active !== undefined) throw new LifeboatError("run-active", { runId: active.id, type: active.type });
    await refuseOpenDrillOn(tx, id);
    const now = context.now();
    await tx
      .update(servers)
      .set({ removedAt: now, updatedAt: now, passwordSealed: null, restorePasswordSealed: null, version: row.version + 1 })
      .where(eq(servers.id, id));
    await recordAudit(tx, context, {
      action: "server.delete",
      targetType: "server",
      targetId: id,
      targetName: row.name,
      before: auditedServer(row),
    });
  });
  return null;
}
