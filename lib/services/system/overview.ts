import { and, desc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/system";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { incidents } from "#lib/db/schema/incidents";
import { runs } from "#lib/db/schema/runs";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { sources } from "#lib/db/schema/sources";
import { laterOf } from "#lib/domain/later-of";
import { findNeeds, type KeptDatabase, type OpenIncident } from "#lib/domain/overview-needs";
import { judge, type OverviewSource } from "#lib/domain/overview-verdict";
import { isAllowed } from "#lib/domain/permissions";
import { authorise } from "../authorise.ts";
import { loadMeterFacts } from "../backups/load.ts";
import type { ServiceContext } from "../context.ts";
import { loadDrillFacts } from "../drills/plan-facts.ts";
import { toIncidentDto } from "../incidents/dto.ts";
import { toRunDto } from "../runs/dto.ts";
import { runColumns } from "../runs/load.ts";
import { loadLastFacts } from "../sources/facts.ts";
import { loadSystemProblems } from "./problems.ts";

const mostRunningShown = 20;

/** The newest backup of each source, when a verification failed it or a look at storage did not find it whole. */
async function readDamaged(context: ServiceContext): Promise<Map<string, { id: string; at: Date | null }>> {
  const newest = sql`(
    select newest.id from ${backups} as newest where newest.source_id = ${backups.sourceId} and newest.state = 'available'
    order by newest.snapshot_at desc, newest.id desc limit 1
  )`;
  const rows = await context.db
    .select({ sourceId: backups.sourceId, id: backups.id, at: copies.failedAt })
    .from(copies)
    .innerJoin(backups, eq(backups.id, copies.backupId))
    .where(
      and(
        sql`(${copies.failedAt} is not null or ${copies.state} in ('missing', 'damaged'))`,
        eq(backups.state, "available"),
        sql`${backups.id} = ${newest}`,
      ),
    );
  return new Map(rows.map((row) => [row.sourceId, { id: row.id, at: row.at }]));
}

async function readSources(context: ServiceContext): Promise<OverviewSource[]> {
  const rows = await context.db
    .select({
      id: sources.id,
      name: sources.name,
      engine: sources.engine,
      createdAt: sources.createdAt,
      pausedAt: sources.pausedAt,
    })
    .from(sources)
    .where(and(isNull(sources.removedAt), eq(sources.isSample, false)));
  const ids = rows.map((row) => row.id);
  const [factsOf, drillOf, damaged] = await Promise.all([
    loadLastFacts(context.db, rows),
    loadDrillFacts(context.db, ids, context.now()),
    readDamaged(context),
  ]);
  const lastGoodIds = rows.flatMap((row) => factsOf(row.id).lastGood?.id ?? []);
  const copiesOf = await loadMeterFacts(context.db, lastGoodIds);
  return rows.map((row) => {
    const { lastGood, lastRun, activeRun, lastVerifiedAt, lastProvenAt } = factsOf(row.id);
    const drill = drillOf.get(row.id);
    const isVerified = (id: string) =>
      copiesOf(id).copies.some((copy) => copy.state === "stored" && copy.failedAt === null && copy.verifiedAt !== null);
    return {
      id: row.id,
      name: row.name,
      engine: row.engine,
      createdAt: row.createdAt,
      paused: row.pausedAt !== null,
      lastGood: lastGood === null ? null : { id: lastGood.id, at: lastGood.at, verified: isVerified(lastGood.id) },
      lastVerifiedAt,
      lastProvenAt: laterOf(lastProvenAt, drill?.lastProvenAt ?? null),
      damaged: damaged.get(row.id) ?? null,
      failedRun: lastRun?.state === "failed" ? { id: lastRun.id, at: new Date(lastRun.finishedAt ?? lastRun.queuedAt) } : null,
      isRunning: activeRun !== null,
      drill:
        drill === undefined
          ? null
          : {
              due: drill.due,
              nextDueAt: drill.nextDueAt,
              openId: drill.open?.id ?? null,
              failed: drill.last?.verdict === "failed" ? { id: drill.last.id, at: drill.last.closedAt } : null,
            },
    };
  });
}

/** Databases that replacements keep, oldest first; more than are ever shown need not be read. */
async function readKept(context: ServiceContext): Promise<KeptDatabase[]> {
  const rows = await context.db
    .select({
      restoreId: restores.id,
      database: restores.database,
      sourceId: sources.id,
      sourceName: sources.name,
      keptName: keptNow,
      since: keptSince,
    })
    .from(replacements)
    .innerJoin(restores, eq(restores.id, replacements.restoreId))
    .leftJoin(sources, and(eq(sources.serverId, restores.serverId), eq(sources.database, restores.database), isNull(sources.removedAt)))
    .where(and(inArray(replacements.answers, ["new", "undone"]), isNotNull(keptNow), isNull(replacements.cleanedAt)))
    .orderBy(keptSince)
    .limit(mostKeptRead);
  return rows.map(({ restoreId, database, sourceId, sourceName, keptName, since }) => ({
    restoreId,
    database,
    sourceId,
    sourceName,
    keptName: keptName ?? "",
    since: new Date(since),
  }));
}

const mostKeptRead = 20;
const keptNow = sql<
  string | null
>`case when ${replacements.answers} = 'undone' then ${replacements.restoredName} else ${replacements.keptName} end`;
const keptSince = sql<string>`coalesce(${replacements.undoneAt}, ${replacements.replacedAt})`;

/** Open incidents, the longest open first; those of the sample and of removed sources are left out. */
async function readIncidents(context: ServiceContext): Promise<OpenIncident[]> {
  const rows = await context.db
    .select({ incident: incidents, sourceName: sources.name })
    .from(incidents)
    .leftJoin(sources, eq(sources.id, incidents.sourceId))
    .where(and(eq(incidents.state, "open"), or(isNull(incidents.sourceId), and(isNull(sources.removedAt), eq(sources.isSample, false)))))
    .orderBy(incidents.openedAt, incidents.id)
    .limit(mostIncidentsRead);
  return rows.map(({ incident, sourceName }) => {
    const { id, number, title, titleIsOwn, kind, sourceId } = toIncidentDto(incident, { sourceName, assigneeName: null });
    return {
      incidentId: id,
      incidentNumber: number,
      incidentTitle: titleIsOwn ? title : null,
      incidentKind: kind,
      sourceId,
      sourceName,
      since: incident.openedAt,
    };
  });
}

/** More than a page of failing sources has; each stands for a failure that is else told by itself. */
const mostIncidentsRead = 200;

function readRunning(context: ServiceContext) {
  return context.db
    .select({ run: runColumns, sourceName: sources.name })
    .from(runs)
    .leftJoin(sources, eq(sources.id, runs.sourceId))
    .where(and(inArray(runs.state, ["queued", "running"]), eq(runs.isProbe, false)))
    .orderBy(desc(runs.queuedAt), desc(runs.id))
    .limit(mostRunningShown);
}

/** The verdict, what needs a person (five at most), and what is running. The sample is left out of the verdict. */
export async function getOverview(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.getOverview>,
): Promise<contract.OverviewDto> {
  authorise(context, "sources:read");
  const [known, { problems }, running, kept, open] = await Promise.all([
    readSources(context),
    loadSystemProblems(context.db),
    readRunning(context),
    readKept(context),
    isAllowed(context.actor.role, context.actor.scopes, "incidents:read") ? readIncidents(context) : [],
  ]);
  const has = (code: string) => problems.some((problem) => problem.code === code);
  const troubles = { noWorker: has("no-worker"), toolsMissing: has("tool-missing"), noSpace: has("no-space") };
  const now = context.now();
  const verdict = judge(known, troubles, now);
  return {
    verdict: { ...verdict, oldestProofAt: verdict.oldestProofAt?.toISOString() ?? null },
    needsYou: findNeeds(known, troubles, now, { kept, incidents: open }).map(({ since, ...need }) =>
      Object.assign(need, { since: since?.toISOString() ?? null }),
    ),
    running: running.map(({ run, sourceName }) => toRunDto(run, { sourceName })),
    autoBackup: context.settings?.autoBackup ?? "enabled",
  };
}
