import { count, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { deliveries } from "#lib/db/schema/deliveries";
import { destinations } from "#lib/db/schema/destinations";
import { incidents } from "#lib/db/schema/incidents";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import type { Family, Sample } from "#lib/domain/prometheus-text";
import { loadNamedGroups } from "../system/named-groups.ts";
import { loadInstallationTroubles } from "../system/troubles.ts";
import { loadWorkers, type WorkerRow } from "../system/workers.ts";

/** Seconds since the schedule that waits longest was due, by the catalogue's clock, which decides when they are due. */
async function readLagSeconds(db: Database): Promise<number> {
  const [row] = await db
    .select({ seconds: sql<number>`coalesce(extract(epoch from clock_timestamp() - min(${schedules.nextDueAt})), 0)::float8` })
    .from(schedules)
    .where(sql`${schedules.enabled} and ${schedules.nextDueAt} <= clock_timestamp()`);
  return Math.max(0, row?.seconds ?? 0);
}

/** Of each group that has a worker or is to have one: a group whose workers were stopped is one without a worker, not one without a series. */
function workerFamilies(workers: readonly WorkerRow[], named: readonly string[], now: Date): Family[] {
  const groups = [...new Set([...named, ...workers.map(({ group }) => group)])].toSorted();
  const aliveIn = (wanted: string) => workers.filter(({ alive, group }) => alive && group === wanted).length;
  const labelsOf = ({ hostName, group, pid }: WorkerRow) => [hostName, group, String(pid)];
  // One that was killed in its container and started again has its name and number: the newest stands first, and one series is told once.
  const apart = [...Map.groupBy(workers, (worker) => JSON.stringify(labelsOf(worker))).values()].flatMap((same) => same.slice(0, 1));
  const ageOf = ({ heartbeatAt }: WorkerRow) => Math.max(0, (now.getTime() - heartbeatAt.getTime()) / 1000);
  return [
    {
      name: "lifeboat_workers_alive",
      samples: groups.map((group) => [[group], aliveIn(group)]),
    },
    {
      name: "lifeboat_worker_heartbeat_age_seconds",
      samples: apart.map((worker) => [labelsOf(worker), ageOf(worker)]),
    },
  ];
}

type Place = { readonly name: string; readonly path: string };

function spaceFamilies(workers: readonly WorkerRow[], places: readonly Place[]): Family[] {
  const seen = workers.filter(({ alive }) => alive).flatMap(({ hostName, disks }) => disks.map((disk) => ({ hostName, ...disk })));
  // Two workers of one host see the same disk.
  const disks = [...new Map(seen.map((disk) => [JSON.stringify([disk.hostName, disk.purpose, disk.path]), disk])).values()];
  const each = (bytes: "freeBytes" | "totalBytes"): Sample[] =>
    disks.map((disk) => [[disk.hostName, disk.purpose, disk.path], disk[bytes]]);
  const least = (bytes: "freeBytes" | "totalBytes"): Sample[] =>
    places.flatMap(({ name, path }): Sample[] => {
      const own = disks.filter((disk) => disk.purpose === "backups" && disk.path === path).map((disk) => disk[bytes]);
      return own.length === 0 ? [] : [[[name], Math.min(...own)]];
    });
  return [
    { name: "lifeboat_disk_free_bytes", samples: each("freeBytes") },
    { name: "lifeboat_disk_total_bytes", samples: each("totalBytes") },
    { name: "lifeboat_destination_free_bytes", samples: least("freeBytes") },
    { name: "lifeboat_destination_total_bytes", samples: least("totalBytes") },
  ];
}

/** Two destinations of one name would be one series twice. */
function named(rows: readonly { id: string; name: string; config: { path: string } }[]): Place[] {
  return rows.map(({ id, name, config }) => ({
    name: rows.filter((other) => other.name === name).length > 1 ? `${name} (${id.slice(-6)})` : name,
    path: config.path,
  }));
}

/** What is told of the installation: scheduler, workers, disks, destinations, what is open. */
export async function readInstallationFamilies(db: Database, now: Date): Promise<Family[]> {
  const [lag, open, workers, groups, places, codes, incidentRows, pending, troubles] = await Promise.all([
    readLagSeconds(db),
    db
      .select({ task: slots.task, state: slots.state, number: count() })
      .from(slots)
      .where(inArray(slots.state, ["waiting", "started"]))
      .groupBy(slots.task, slots.state),
    loadWorkers(db),
    loadNamedGroups(db),
    db.select({ id: destinations.id, name: destinations.name, config: destinations.config }).from(destinations),
    db.select({ code: alerts.code, number: count() }).from(alerts).where(isNull(alerts.resolvedAt)).groupBy(alerts.code),
    db.select({ number: count() }).from(incidents).where(eq(incidents.state, "open")),
    db
      .select({ number: count() })
      .from(deliveries)
      .where(inArray(deliveries.state, ["pending", "held", "sending"])),
    loadInstallationTroubles(db),
  ]);
  return [
    { name: "lifeboat_scheduler_lag_seconds", samples: [[[], lag]] },
    { name: "lifeboat_slots", samples: open.map(({ task, state, number }) => [[task, state], number]) },
    ...workerFamilies(workers, groups, now),
    ...spaceFamilies(workers, named(places)),
    { name: "lifeboat_alerts_open", samples: codes.map(({ code, number }) => [[code], number]) },
    { name: "lifeboat_incidents_open", samples: [[[], incidentRows[0]?.number ?? 0]] },
    { name: "lifeboat_deliveries_pending", samples: [[[], pending[0]?.number ?? 0]] },
    { name: "lifeboat_clock_suspect", samples: [[[], Number(troubles.clockSuspect)]] },
  ];
}
