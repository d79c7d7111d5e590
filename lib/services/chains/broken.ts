import { type SQL, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import type { Reason } from "#lib/domain/error";

const chainBroken = sql`jsonb_build_object('code', 'chain-broken', 'params', jsonb_build_object('key', needed.pack_key))`;

/**
 * Backups that cannot be restored, as far as is known, with why (`backup_id`, `failure`): the same rules as `copiesBroken` and
 * `loadNeedFacts`, for all at once. What failed is rare and has an index; only packs that no row tells of are looked for from end to end.
 */
const brokenBackups: SQL = sql`(
  select failed.backup_id, coalesce(failed.failure, jsonb_build_object('code', 'pack-missing', 'params', jsonb_build_object('key', ''))) as failure
  from ${copies} as failed
  where (failed.failed_at is not null or failed.state in ('missing', 'damaged'))
    and (failed.state in ('missing', 'damaged') or coalesce(failed.failure ->> 'code', 'sidecar-untrusted') <> 'sidecar-untrusted')
    and not exists (select 1 from ${copies} as good where good.backup_id = failed.backup_id and good.state = 'stored' and good.failed_at is null)
  union all
  select needed.backup_id, ${chainBroken} as failure
  from ${backupDependencies} as needed left join ${packs} as pack on pack.id = needed.pack_id
  where needed.reason = 'packs' and pack.id is null
  union all
  select needed.backup_id, ${chainBroken} as failure
  from ${copies} as theirs join ${backupDependencies} as needed on needed.needs_id = theirs.backup_id and needed.reason = 'packs'
  where theirs.state in ('missing', 'damaged')
    and not exists (select 1 from ${copies} as good where good.backup_id = theirs.backup_id and good.state = 'stored')
    and not (theirs.state = 'damaged' and exists (
      select 1 from ${copies} as own where own.backup_id = needed.backup_id
        and own.destination_id = theirs.destination_id and own.failed_at is null and own.verified_at >= theirs.failed_at
    ))
)`;

/** A backup that cannot be restored, with its chain and the first reason. */
export type BrokenMember = { readonly backupId: string; readonly chainId: string; readonly reason: Reason };

/** Every available backup that cannot be restored as far as is known, by the time of its snapshot. One query; few rows where all is well. */
export async function loadBroken(db: Database | Transaction): Promise<BrokenMember[]> {
  const rows = await db.execute<{ id: string; chain_id: string; reason: Reason }>(sql`
    select member.id, member.chain_id, (array_agg(broken.failure))[1] as reason
    from ${backups} as member join ${brokenBackups} as broken on broken.backup_id = member.id
    where member.state = 'available'
    group by member.id, member.chain_id, member.snapshot_at order by member.snapshot_at, member.id`);
  return rows.map((row) => ({ backupId: row.id, chainId: row.chain_id, reason: row.reason }));
}

/** How many of each chain's members those are. */
export function countByChain(broken: readonly BrokenMember[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(broken, (member) => member.chainId)].map(([chainId, members]) => [chainId, members.length]));
}
