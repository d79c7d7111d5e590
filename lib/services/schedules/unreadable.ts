import { type SQL, sql } from "drizzle-orm";
import { LifeboatError } from "#lib/domain/error";

/** The schedules that this process could not read (it does not know their zone), by id, with the version that it looked at. */
export type Unreadable = Map<string, number>;

/** True for a row of `alias` that is not among them. One that somebody changed since is looked at again. */
export function isNotAmong(unreadable: Unreadable, alias: SQL): SQL {
  if (unreadable.size === 0) return sql`true`;
  const rows = JSON.stringify([...unreadable].map(([id, version]) => ({ id, version })));
  return sql`not exists (
    select 1 from jsonb_to_recordset(${rows}::jsonb) as unread(id text, version int) where unread.id = ${alias}.id and unread.version = ${alias}.version
  )`;
}

/** What `read` makes of a schedule; `otherwise` where this host cannot read it, which keeps nobody from seeing, changing or removing it or another one. */
export function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (isUnreadable(error)) return otherwise;
    throw error;
  }
}

/** A zone that this host does not know is a `RangeError`. An expression was readable to whoever saved it. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof LifeboatError && (error.code === "cron-invalid" || error.code === "cron-never"));
}
