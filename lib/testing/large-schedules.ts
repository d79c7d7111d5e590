import { randomUUIDv7 } from "node:crypto";
import type { Database } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { presetSchedules } from "#lib/domain/schedule-presets";
import { nextStart } from "#lib/cron/starts";
import { insertServer, insertSource } from "./catalogue-rows.ts";

/**
 * `count` sources on ten servers with the recommended schedules, as they stand at `now`. Gives how many schedules that made. Nothing of it can be connected to:
 * it is for whoever measures what scheduling costs.
 */
export async function insertScheduledSources(db: Database, count: number, now: Date): Promise<number> {
  const serverId = await insertServer(db, { host: "h0.example.org" });
  const [first] = await db.select().from(servers);
  const serverIds = [serverId];
  for (let n = 1; n < 10; n += 1) serverIds.push(await insertServer(db, { host: `h${n}.example.org` }));
  const template = await insertSource(db, first?.id ?? serverId, { name: "Source 0" });
  const made: (typeof sources.$inferInsert)[] = [];
  const [row] = await db.select().from(sources);
  if (row === undefined) throw new Error(`no source ${template}`);
  for (let n = 1; n < count; n += 1) {
    const id = makeId("source", randomUUIDv7());
    const { searchText: _searchText, ...values } = row as typeof row & { searchText?: string };
    made.push({ ...values, id, slug: `source-${n}`, name: `Source ${n}`, database: `d${n}`, serverId: serverIds[n % 10] ?? serverId });
  }
  for (let n = 0; n < made.length; n += 500) await db.insert(sources).values(made.slice(n, n + 500));
  const rows = [template, ...made.map(({ id }) => id)].flatMap((sourceId) => schedulesOf(sourceId, now));
  for (let n = 0; n < rows.length; n += 1000) await db.insert(schedules).values(rows.slice(n, n + 1000));
  return rows.length;
}

function schedulesOf(sourceId: string, now: Date): (typeof schedules.$inferInsert)[] {
  return presetSchedules("recommended", "23:00").map(({ task, cron }) => {
    const timeZone = "Europe/Berlin";
    const next = nextStart({ cron, timeZone }, now.getTime());
    const id = makeId("schedule", randomUUIDv7());
    return { id, sourceId, task, cron, timeZone, nextDueAt: next === null ? null : new Date(next), createdAt: now, updatedAt: now };
  });
}
