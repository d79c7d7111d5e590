import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import type { RunType } from "#lib/domain/run-state";
import type { ServiceContext } from "../context.ts";
import { requestCancel } from "./cancel.ts";
import { isDeserted, loadServedGroups, silentSeconds } from "./served.ts";
import { defaultGroup } from "./start.ts";

/**
 * Calls off a source's run of a type that waits for a group without a worker, where the caller's own run would go to a group with one: what nobody can take
 * must not hold up what somebody can. What a gate, a replacement or a deletion waits for is left to them.
 */
export async function callOffDeserted(
  tx: Transaction,
  context: ServiceContext,
  { type, sourceId, workerGroup }: { type: RunType; sourceId: string; workerGroup: string | null },
): Promise<void> {
  const [deserted] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.sourceId, sourceId),
        eq(runs.type, type),
        eq(runs.isProbe, false),
        isNull(runs.gateId),
        sql`not exists (select 1 from ${runs} as later where later.after_run_id = ${runs}.id and later.state = 'queued')`,
        isDeserted(silentSeconds),
      ),
    )
    .for("update");
  if (deserted === undefined) return;
  const group = workerGroup ?? (await groupOfSource(tx, sourceId));
  if (!(await loadServedGroups(tx, [group])).has(group)) return;
  await requestCancel(tx, context, deserted, { code: "no-worker", params: { group: deserted.workerGroup } });
}

async function groupOfSource(tx: Transaction, sourceId: string): Promise<string> {
  const [row] = await tx
    .select({ group: servers.workerGroup })
    .from(sources)
    .innerJoin(servers, eq(servers.id, sources.serverId))
    .where(eq(sources.id, sourceId));
  return row?.group ?? defaultGroup;
}
