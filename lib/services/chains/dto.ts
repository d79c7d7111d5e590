import { sql } from "drizzle-orm";
import type { ChainDto } from "#lib/contracts/chains";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import type { chains } from "#lib/db/schema/chains";
import { runs } from "#lib/db/schema/runs";

export type ChainRow = typeof chains.$inferSelect;

/** What a chain's members add up to. */
type ChainTotals = Pick<ChainDto, "members" | "streamBytes" | "storedBytes" | "oldestAt" | "newestAt">;

type TotalsRow = {
  chain_id: string;
  members: number;
  stream_bytes: string;
  stored_bytes: string;
  oldest_at: string;
  newest_at: string;
};

async function loadTotals(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, ChainTotals>> {
  const rows = await db.execute<TotalsRow>(sql`
    select chain_id, count(*)::int as members, sum(stream_bytes)::bigint as stream_bytes, sum(stored_bytes)::bigint as stored_bytes,
      min(snapshot_at) as oldest_at, max(snapshot_at) as newest_at
    from ${backups}
    where chain_id = any(${sql.param(ids)}) and state in ('available', 'deleting')
    group by chain_id`);
  return new Map(
    rows.map((row) => [
      row.chain_id,
      {
        members: row.members,
        streamBytes: Number(row.stream_bytes),
        storedBytes: Number(row.stored_bytes),
        oldestAt: new Date(row.oldest_at).toISOString(),
        newestAt: new Date(row.newest_at).toISOString(),
      },
    ]),
  );
}

/** When each chain's last look ended that had a verdict. Such runs are few: they are found by their type. */
async function loadLastVerified(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.execute<{ subject: string; at: string }>(sql`
    select subject, max(finished_at) as at from ${runs}
    where type = 'verify-chain' and subject = any(${sql.param(ids)}) and output is not null and state in ('succeeded', 'failed')
    group by subject`);
  return new Map(rows.map((row) => [row.subject, new Date(row.at).toISOString()]));
}

/**
 * Rows of chains → DTOs, in two queries; `broken` counts the members of each that cannot be restored. A chain whose first backup is still
 * being written has nothing to show and is left out.
 */
export async function toChainDtos(
  db: Database | Transaction,
  rows: readonly { chain: ChainRow; sourceName: string }[],
  broken: ReadonlyMap<string, number>,
): Promise<ChainDto[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ chain }) => chain.id);
  const [totals, verified] = await Promise.all([loadTotals(db, ids), loadLastVerified(db, ids)]);
  return rows.flatMap(({ chain, sourceName }) => {
    const total = totals.get(chain.id);
    if (total === undefined) return [];
    const { id, sourceId, createdAt, retiredAt, supersededById, averageSegmentBytes } = chain;
    // A member that cannot be restored matters more than that nothing is built on it any more.
    const brokenMembers = broken.get(id) ?? 0;
    const state = brokenMembers > 0 ? "broken" : retiredAt === null ? "whole" : "retired";
    return {
      id,
      sourceId,
      sourceName,
      state,
      createdAt: createdAt.toISOString(),
      retiredAt: retiredAt?.toISOString() ?? null,
      supersededById,
      averageSegmentBytes,
      ...total,
      brokenMembers,
      lastVerifiedAt: verified.get(id) ?? null,
    };
  });
}
