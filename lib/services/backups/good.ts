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

/** A member that needs a pack which is lost, by the rules of `loadNeedFacts`: its own copy may be as whole as it likes. Packs and copies go with their backup. */
export const hasLostNeed: SQL = sql`exists (
  select 1 from ${backupDependencies} as needed
  where needed.backup_id = ${backups.id} and needed.reason = 'packs' and not exists (
    select 1 from ${copies} as theirs where theirs.backup_id = needed.needs_id and (
      theirs.state not in ('missing', 'damaged') or (theirs.state = 'damaged' and exists (
        select 1 from ${copies} as own where own.backup_id = needed.backup_id
          and own.destination_id = theirs.destination_id and own.failed_at is null and own.verified_at >= theirs.failed_at
      ))
    )
  )
)`;

/** A good backup: it and all that it needs can be restored as far as anybody looked. What is in the trash is never good. */
export const isGood: SQL = sql`(${backups.state} = 'available' and exists (
  select 1 from ${copies} where ${copies.backupId} = ${backups.id} and ${isGoodCopy}
) and not ${hasLostNeed})`;

/** A good backup with a copy that a verification passed. */
export const isGoodAndVerified: SQL = sql`(${backups.state} = 'available' and exists (
  select 1 from ${copies} where ${copies.backupId} = ${backups.id} and ${isGoodCopy} and ${copies.verifiedAt} is not null
) and not ${hasLostNeed})`;
