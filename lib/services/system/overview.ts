import { and, desc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/system";
import { incidents } from "#lib/db/schema/incidents";
import { runs } from "#lib/db/schema/runs";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { sources } from "#lib/db/schema/sources";
import { findNeeds, type KeptDatabase, type OpenIncident } from "#lib/domain/overview-needs";
import { judge } from "#lib/domain/overview-verdict";
import { isAllowed } from "#lib/domain/permissions";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { toIncidentDto } from "../incidents/dto.ts";
import { toRunDto } from "../runs/dto.ts";
import { runColumns } from "../runs/load.ts";
import { loadOverviewSources } from "./overview-sources.ts";
import { loadSystemProblems } from "./problems.ts";
import { loadInstallationTroubles } from "./troubles.ts";

const mostRunningShown = 20;

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
  const [known, { workers, problems }, states, running, kept, open] = await Promise.all([
    loadOverviewSources(context.db, context.now()),
    loadSystemProblems(context.db),
    loadInstallationTroubles(context.db),
    readRunning(context),
    readKept(context),
    isAllowed(context.actor.role, context.actor.scopes, "incidents:read") ? readIncidents(context) : [],
  ]);
  const has = (code: string) => problems.some((problem) => problem.code === code);
  const { diskNearlyFull, ...others } = states;
  const noSpace = has("no-space") || diskNearlyFull;
  const noWorker = !workers.some(({ alive }) => alive);
  const silent = problems.flatMap(({ code, params }) => (code === "no-worker" ? [String(params["group"])] : []));
  const troubles = { noWorker, silentGroups: noWorker ? [] : silent, toolsMissing: has("tool-missing"), noSpace, ...others };
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
