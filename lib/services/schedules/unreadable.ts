import { type SQL, sql } from "drizzle-orm";

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
