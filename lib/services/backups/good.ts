import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";

/** States that lists show: an intent row (`writing`) is never shown, what is in the trash has its own place. */
export const isListed: SQL = inArray(backups.state, ["available", "deleting"]);

/** The backup's row may be shown by its id. */
export const isVisible: SQL = sql`${backups.state} <> 'writing'`;

/** Conditions on `copies` beside `backups`: this copy is stored and its last verification, if there was one, passed. */
export const isGoodCopy: SQL = and(eq(copies.state, "stored"), isNotNull(copies.storedAt), isNull(copies.failedAt)) as SQL;

/** A good backup: it can be restored as far as anybody looked. What is in the trash is never good. */
export const isGood: SQL = sql`(${backups.state} = 'available' and exists (
  select 1 from ${copies} where ${copies.backupId} = ${backups.id} and ${isGoodCopy}
))`;

/** A good backup with a copy that a verification passed. */
export const isGoodAndVerified: SQL = sql`(${backups.state} = 'available' and exists (
  select 1 from ${copies} where ${copies.backupId} = ${backups.id} and ${isGoodCopy} and ${copies.verifiedAt} is not null
))`;
