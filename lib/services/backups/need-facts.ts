import { and, eq, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import type { Reason } from "#lib/domain/error";
import { oneOf } from "../one-of.ts";

/** What a backup reads beside its own pack; `broken` names the first pack of them that is known as lost. */
export type NeedFacts = { readonly needs: number; readonly broken: Reason | null };

const alone: NeedFacts = { needs: 0, broken: null };

/**
 * A needed pack is lost when the catalogue does not know it or no copy of it can be read. A damaged pack counts only until the member
 * itself was verified after the damage was found: then the ranges that it needs are whole.
 */
const isLost = sql`(${packs.id} is null or not exists (
  select 1 from ${copies} as theirs where theirs.backup_id = ${backupDependencies.needsId} and (
    theirs.state not in ('missing', 'damaged') or (theirs.state = 'damaged' and exists (
      select 1 from ${copies} as own where own.backup_id = ${backupDependencies.backupId}
        and own.destination_id = theirs.destination_id and own.failed_at is null and own.verified_at >= theirs.failed_at
    ))
  )
))`;

/** How many other backups each one needs, and whether they are there: one query for all, by backup id. */
export async function loadNeedFacts(db: Database | Transaction, backupIds: readonly string[]): Promise<(id: string) => NeedFacts> {
  if (backupIds.length === 0) return () => alone;
  const rows = await db
    .select({
      backupId: backupDependencies.backupId,
      needs: sql<number>`count(*)::int`,
      lostKey: sql<string | null>`min(${backupDependencies.packKey}) filter (where ${isLost})`,
    })
    .from(backupDependencies)
    .leftJoin(packs, eq(packs.id, backupDependencies.packId))
    .where(and(oneOf(backupDependencies.backupId, backupIds), eq(backupDependencies.reason, "packs")))
    .groupBy(backupDependencies.backupId);
  const factsOf = new Map(
    rows.map(({ backupId, needs, lostKey }): [string, NeedFacts] => [
      backupId,
      { needs, broken: lostKey === null ? null : { code: "chain-broken", params: { key: lostKey } } },
    ]),
  );
  return (id) => factsOf.get(id) ?? alone;
}
