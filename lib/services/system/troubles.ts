import { and, eq, gte, inArray, isNotNull, isNull, lte, max, or, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { installation } from "#lib/db/schema/installation";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import type { AlertCode } from "#lib/domain/alert-codes";
import type { OpenAlert, SystemTroubles } from "#lib/domain/overview-verdict";

/** A missed backup that nothing has made good for longer than this is told by its age alone. */
const missedForMs = 40 * 86_400_000;
const longAgo = new Date(0);

/** A schedule that is due for so long has been looked at by nobody, whatever workers say of themselves. */
const looseEnd = sql`interval '15 minutes'`;

/**
 * The newest time of each source's schedules at which a backup was missed, by source id: recorded as missed, or due for a quarter of an hour by the
 * catalogue's clock without anybody having taken it, the schedule's worker or its run's.
 */
export async function loadMissed(db: Database, now: Date, sourceId: string | null = null): Promise<ReadonlyMap<string, Date>> {
  const recorded = db
    .select({ sourceId: slots.sourceId, at: max(slots.nominalAt) })
    .from(slots)
    .where(
      and(
        // Each has an index of its own.
        or(eq(slots.state, "missed"), and(eq(slots.state, "waiting"), eq(slots.reason, "no-worker"))),
        sourceId === null ? undefined : eq(slots.sourceId, sourceId),
        inArray(slots.task, ["full", "differential", "incremental"]),
        gte(slots.nominalAt, new Date(now.getTime() - missedForMs)),
        // What a clock that was ahead had missed is still to come.
        lte(slots.nominalAt, now),
      ),
    )
    .groupBy(slots.sourceId);
  const untaken = db
    .select({ sourceId: schedules.sourceId, at: max(schedules.nextDueAt) })
    .from(schedules)
    .where(
      and(
        schedules.enabled,
        inArray(schedules.task, ["full", "differential", "incremental"]),
        sql`${schedules.nextDueAt} < clock_timestamp() - ${looseEnd}`,
        sourceId === null ? undefined : eq(schedules.sourceId, sourceId),
      ),
    )
    .groupBy(schedules.sourceId);
  const rows = (await Promise.all([recorded, untaken])).flat();
  const missed = new Map<string, Date>();
  for (const { sourceId: id, at } of rows) if (at !== null && at > (missed.get(id) ?? longAgo)) missed.set(id, at);
  return missed;
}

/** What is open about each source (or the one that is asked for), by source id; the longest open first. */
export async function loadOpenAlerts(db: Database, sourceId: string | null = null): Promise<ReadonlyMap<string, readonly OpenAlert[]>> {
  const rows = await db
    .select({ sourceId: alerts.sourceId, code: alerts.code, at: alerts.openedAt, params: alerts.params })
    .from(alerts)
    .where(and(sourceId === null ? isNotNull(alerts.sourceId) : eq(alerts.sourceId, sourceId), isNull(alerts.resolvedAt)))
    .orderBy(alerts.openedAt, alerts.id);
  const open = new Map<string, OpenAlert[]>();
  for (const { sourceId: id, code, at, params } of rows) {
    const textOf = (name: string) => (typeof params[name] === "string" ? params[name] : null);
    const alert = { code, at, runId: textOf("runId"), backupId: textOf("backupId"), drillId: textOf("drillId") };
    if (id !== null) open.set(id, [...(open.get(id) ?? []), alert]);
  }
  return open;
}

/** So often a message was tried in vain before its channel counts as failing: three and a half minutes. */
const failingAttempts = 3;

/** Whether what some channel was to tell last did not arrive. Through the index on (channel, time): the newest that was tried is among the first rows. */
async function isChannelFailing(db: Database): Promise<boolean> {
  const [row] = await db.execute<{ failing: boolean }>(sql`select exists (
    select 1 from ${channels} cross join lateral (
      select newest.state from ${deliveries} as newest
      where newest.channel_id = ${channels.id}
        and (newest.state in ('sent', 'failed') or (newest.state = 'pending' and newest.attempts >= ${failingAttempts}))
      order by newest.created_at desc, newest.id desc limit 1
    ) as last
    where ${channels.enabled} and ${channels.removedAt} is null and last.state <> 'sent'
  ) as failing`);
  return row?.failing === true;
}

export type InstallationTroubles = Pick<SystemTroubles, "clockSuspect" | "destinationUnreachable" | "channelFailing"> & {
  readonly diskNearlyFull: boolean;
};

/** What is wrong with the installation that no worker's row tells. */
export async function loadInstallationTroubles(db: Database): Promise<InstallationTroubles> {
  const [[own], open, channelFailing] = await Promise.all([
    db.select({ since: installation.clockSuspectSince }).from(installation),
    db
      .selectDistinct({ code: alerts.code })
      .from(alerts)
      .where(and(inArray(alerts.code, ["destination-unreachable", "disk-nearly-full"]), isNull(alerts.resolvedAt))),
    isChannelFailing(db),
  ]);
  const isOpen = (code: AlertCode) => open.some((alert) => alert.code === code);
  return {
    clockSuspect: own?.since !== null && own?.since !== undefined,
    destinationUnreachable: isOpen("destination-unreachable"),
    diskNearlyFull: isOpen("disk-nearly-full"),
    channelFailing,
  };
}
