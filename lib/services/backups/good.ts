import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";

/** States that lists show: an intent row (`writing`) is never shown, what is in the trash has its own place. */
export const isListed: SQL = inArray(backups.state, ["available", "deleting"]);

/** The backup's row may be shown by its id. */
export const isVisible: SQL = sql`${backups.state} <> 'writing'`;

/** Conditions on `copies` beside `backups`: this copy is stored and its last verification, if there was one, passed. */
export const isGoodCopy: SQL = and(eq(copies.state, "stored"), isNotNull(copies.storedAt), isNull(copies.failedAt)) as SQL;

/** No copy of what `needed` (a row of `backup_dependencies`) needs can be read, by the rules of `loadNeedFacts`. Packs and copies go with their backup. */
const isLost: SQL = sql`not exists (
  select 1 from ${copies} as theirs where theirs.backup_id = needed.needs_id and (
    theirs.state not in ('missing', 'damaged') or (theirs.state = 'damaged' and exists (
      select 1 from ${copies} as own where own.backup_id = needed.backup_id
        and own.destination_id = theirs.destination_id and own.failed_at is null and own.verified_at >= theirs.failed_at
    ))
  )
)`;

/** A member that needs a pack which is lost: its own copy may be as whole as it likes. */
export const hasLostNeed: SQL = sql`exists (
  select 1 from ${backupDependencies} as needed
  where needed.backup_id = ${backups.id} and needed.reason = 'packs' and ${isLost}
)`;

/** The same for questions to thousands of backups: copies that failed and needs that are gone are few, and each have an index. */
const isAmongLost: SQL = sql`${backups.id} in (
  select needed.backup_id from ${copies} as failed join ${backupDependencies} as needed on needed.needs_id = failed.backup_id
  where needed.reason = 'packs' and failed.state in ('missing', 'damaged') and ${isLost}
  union all
  select needed.backup_id from ${backupDependencies} as needed
  where needed.reason = 'packs' and needed.gone
)`;

const hasGoodCopy = (also: SQL = sql``): SQL =>
  sql`exists (select 1 from ${copies} where ${copies.backupId} = ${backups.id} and ${isGoodCopy}${also})`;
const hasVerifiedCopy: SQL = hasGoodCopy(sql` and ${copies.verifiedAt} is not null`);

function goodBy(isWithoutNeed: SQL) {
  const isWhole = sql`${backups.state} = 'available' and not ${isWithoutNeed}`;
  return {
    isGood: sql`(${isWhole} and ${hasGoodCopy()})`,
    isGoodAndVerified: sql`(${isWhole} and ${hasVerifiedCopy})`,
    // Good copies where none is verified: one that is not is among them, and there are fewer of those to look through.
    isGoodAndUnverified: sql`(${isWhole} and ${hasGoodCopy(sql` and ${copies.verifiedAt} is null`)} and not ${hasVerifiedCopy})`,
  };
}

/**
 * `isGood`: it and all that it needs can be restored as far as anybody looked; what is in the trash is never good. `isGoodAndVerified`: with a copy that a
 * verification passed. `isGoodAndUnverified`: without one.
 */
export const goodOfFew = goodBy(hasLostNeed);
export const { isGood, isGoodAndVerified, isGoodAndUnverified } = goodOfFew;

/** The same conditions for counting all backups: dearer for those of one source, cheaper for a hundred thousand. */
export const goodOfAll = goodBy(isAmongLost);
