import { and, count, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { ageMs } from "#lib/domain/clock-tolerance";
import { laterOf } from "#lib/domain/later-of";
import { isObjectiveMet, objectiveSeconds } from "#lib/domain/objective";
import type { Family, Sample } from "#lib/domain/prometheus-text";
import { loadDrillFacts } from "../drills/plan-facts.ts";
import { loadSourceFacts } from "../sources/facts.ts";
import { loadNextBackups } from "../sources/next-backups.ts";

type Missed = { readonly ofDay: number; readonly lastAt: Date };

/**
 * By when they were given up, which may be long after their time. No number of all times: old ones are forgotten, and to Prometheus a count that falls
 * is one that began anew.
 */
async function readMissed(db: Database, now: Date): Promise<ReadonlyMap<string, Missed>> {
  const at = sql`coalesce(${slots.settledAt}, ${slots.nominalAt})`;
  const dayAgo = new Date(now.getTime() - 86_400_000).toISOString();
  const rows = await db
    .select({
      sourceId: slots.sourceId,
      ofDay: sql<number>`(count(*) filter (where ${at} > ${dayAgo}::timestamptz))::int`,
      lastAt: sql`max(${at})`.mapWith(slots.nominalAt),
    })
    .from(slots)
    // What a clock that was ahead gave up is still to come.
    .where(and(eq(slots.state, "missed"), sql`${at} <= ${now.toISOString()}::timestamptz`))
    .groupBy(slots.sourceId);
  return new Map(rows.map(({ sourceId, ofDay, lastAt }) => [sourceId, { ofDay, lastAt }]));
}

async function readOpenAlerts(db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ sourceId: alerts.sourceId, open: count() })
    .from(alerts)
    .where(and(isNull(alerts.resolvedAt), isNotNull(alerts.sourceId)))
    .groupBy(alerts.sourceId);
  return new Map(rows.flatMap(({ sourceId, open }) => (sourceId === null ? [] : [[sourceId, open] as const])));
}

function unixTime(at: Date): number;
function unixTime(at: Date | null): number | null;
function unixTime(at: Date | null): number | null {
  return at === null ? null : Math.round(at.getTime() / 1000);
}

/** What is told of each source, the sample aside: a fixed number of queries, however many there are. */
export async function readSourceFamilies(db: Database, now: Date): Promise<Family[]> {
  const rows = await db
    .select({
      id: sources.id,
      slug: sources.slug,
      name: sources.name,
      createdAt: sources.createdAt,
      pausedAt: sources.pausedAt,
      expectedEverySeconds: sources.expectedEverySeconds,
    })
    .from(sources)
    .where(and(isNull(sources.removedAt), eq(sources.isSample, false)))
    .orderBy(sources.slug);
  const ids = rows.map(({ id }) => id);
  const [factsOf, drillOf, nextOf, missed, open] = await Promise.all([
    loadSourceFacts(db, rows),
    loadDrillFacts(db, ids, now),
    loadNextBackups(db, rows, now),
    readMissed(db, now),
    readOpenAlerts(db),
  ]);
  const known = rows.map((row) => {
    const facts = factsOf(row.id);
    const drill = drillOf.get(row.id);
    const lastProvenAt = laterOf(facts.lastProvenAt, drill?.lastProvenAt ?? null);
    const objective = objectiveSeconds(row.expectedEverySeconds);
    return {
      id: row.id,
      createdAt: row.createdAt,
      pausedAt: row.pausedAt,
      labels: [row.slug, row.name],
      facts,
      drill,
      lastProvenAt,
      objective,
    };
  });
  type Known = (typeof known)[number];
  const ageOf = (at: Date | null) => {
    const age = at === null ? null : ageMs(at, now);
    return age === null ? null : Math.round(age / 1000);
  };
  const each = (valueOf: (source: Known) => number): Sample[] => known.map((source) => [source.labels, valueOf(source)]);
  const where = (valueOf: (source: Known) => number | null): Sample[] =>
    known.flatMap((source): Sample[] => {
      const value = valueOf(source);
      return value === null ? [] : [[source.labels, value]];
    });
  const levels = (source: Known) =>
    [
      ["good", source.facts.lastGood?.at ?? null],
      ["verified", source.facts.lastVerifiedAt],
      ["proven", source.lastProvenAt],
    ] as const;
  const ages = known.flatMap((source) =>
    levels(source).flatMap(([level, at]): Sample[] => {
      const age = ageOf(at);
      return age === null ? [] : [[[...source.labels, level], age]];
    }),
  );
  return [
    { name: "lifeboat_sources", samples: [[[], known.length]] },
    { name: "lifeboat_source_backup_age_seconds", samples: ages },
    { name: "lifeboat_source_objective_seconds", samples: each(({ objective }) => objective) },
    {
      name: "lifeboat_source_objective_met",
      samples: each(({ facts, objective }) => Number(isObjectiveMet(facts.lastGood?.at ?? null, objective, now))),
    },
    { name: "lifeboat_source_paused", samples: each(({ pausedAt }) => Number(pausedAt !== null)) },
    { name: "lifeboat_source_last_backup_failed", samples: each(({ facts }) => Number(facts.lastRun?.state === "failed")) },
    { name: "lifeboat_source_backups", samples: each(({ facts }) => facts.backupCount) },
    { name: "lifeboat_source_stored_bytes", samples: each(({ facts }) => facts.storedBytes) },
    {
      name: "lifeboat_source_next_backup_timestamp_seconds",
      samples: where(({ id }) => unixTime(nextOf(id))),
    },
    { name: "lifeboat_source_missed_slots", samples: each(({ id }) => missed.get(id)?.ofDay ?? 0) },
    {
      name: "lifeboat_source_last_missed_timestamp_seconds",
      samples: where(({ id }) => unixTime(missed.get(id)?.lastAt ?? null)),
    },
    { name: "lifeboat_source_created_timestamp_seconds", samples: each(({ createdAt }) => unixTime(createdAt)) },
    {
      name: "lifeboat_source_drill_age_seconds",
      samples: where(({ drill }) => ageOf(drill?.last?.closedAt ?? null)),
    },
    { name: "lifeboat_source_drill_overdue", samples: each(({ drill }) => Number(drill?.due === "overdue")) },
    { name: "lifeboat_source_open_alerts", samples: each(({ id }) => open.get(id) ?? 0) },
  ];
}
