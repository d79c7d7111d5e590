import { and, desc, eq, ne, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { findPolicyOf } from "../policies/load.ts";
import { loadDependents } from "./dependents.ts";
import { usualGraceDays } from "./execute-to-trash.ts";
import { isGood, isGoodAndVerified, isVisible } from "./good.ts";

async function newestId(context: ServiceContext, sourceId: string, condition: typeof isGood): Promise<string | null> {
  const [row] = await context.db
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, sourceId), condition))
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(1);
  return row?.id ?? null;
}

/** What deleting a backup would mean; asked for before the dialog is shown. Throws `not-found`. */
export async function getDeleteConsequences(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getDeleteConsequences>,
): Promise<EndpointOutput<typeof contract.getDeleteConsequences>> {
  authorise(context, "backups:read");
  const { id } = input.params;
  const [backup] = await context.db
    .select({ sourceId: backups.sourceId, chainId: backups.chainId, storedBytes: backups.storedBytes, pinned: backups.pinned })
    .from(backups)
    .where(and(eq(backups.id, id), isVisible));
  if (backup === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  const [dependents, lastGood, lastVerified, [others], policy] = await Promise.all([
    loadDependents(context.db, { id, chainId: backup.chainId }),
    newestId(context, backup.sourceId, isGood),
    newestId(context, backup.sourceId, isGoodAndVerified),
    context.db
      .select({ remaining: sql<number>`count(*)::int` })
      .from(backups)
      .where(and(eq(backups.sourceId, backup.sourceId), ne(backups.id, id), eq(backups.state, "available"))),
    findPolicyOf(context.db, backup.sourceId),
  ]);
  return {
    storedBytes: backup.storedBytes,
    dependents: dependents
      .filter((row) => row.state !== "writing")
      .map(({ id: dependentId, kind, snapshotAt, storedBytes, pinned }) => ({
        id: dependentId,
        kind,
        snapshotAt: snapshotAt.toISOString(),
        storedBytes,
        pinned,
      })),
    isLastGood: lastGood === id,
    isLastVerified: lastVerified === id,
    pinned: backup.pinned,
    remaining: others?.remaining ?? 0,
    graceDays: policy?.graceDays ?? usualGraceDays,
  };
}
