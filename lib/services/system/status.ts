import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/system";
import { destinations } from "#lib/db/schema/destinations";
import { servers } from "#lib/db/schema/servers";
import type { Reason } from "#lib/domain/error";
import packageFacts from "../../../package.json" with { type: "json" };
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadSystemProblems } from "./problems.ts";
import type { WorkerRow } from "./workers.ts";

/** The name that the supervisor gives the private cluster of the catalogue. */
const embeddedClusterName = "lifeboat-catalogue";

async function readCatalogueKind(context: ServiceContext): Promise<"embedded" | "external"> {
  const [row] = await context.db.execute<{ name: string | null }>(sql`select current_setting('cluster_name', true) as name`);
  return row?.name === embeddedClusterName ? "embedded" : "external";
}

function toWorkerDto(row: WorkerRow): contract.WorkerDto {
  return {
    id: row.id,
    hostName: row.hostName,
    pid: row.pid,
    group: row.group,
    startedAt: row.startedAt.toISOString(),
    heartbeatAt: row.heartbeatAt.toISOString(),
    alive: row.alive,
    nodeVersion: row.nodeVersion,
    toolSets: row.toolSets,
    disks: row.disks,
  };
}

function problemOf(path: string, problems: readonly Reason[]): Reason | null {
  return problems.find((problem) => problem.params["path"] === path) ?? null;
}

/** Tool sets, workers, disks and what is wrong with them. */
export async function getSystemStatus(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.getSystemStatus>,
): Promise<contract.SystemStatusDto> {
  authorise(context, "system:read");
  const [{ workers, problems }, catalogue, places, samples] = await Promise.all([
    loadSystemProblems(context.db),
    readCatalogueKind(context),
    context.db.select().from(destinations).orderBy(asc(destinations.createdAt)),
    context.db
      .select({ id: servers.id })
      .from(servers)
      .where(and(eq(servers.isSample, true), isNull(servers.removedAt)))
      .limit(1),
  ]);
  return {
    version: packageFacts.version,
    catalogue,
    autoBackup: context.settings?.autoBackup ?? "enabled",
    workers: workers.map(toWorkerDto),
    destinations: places.map((place) => {
      const problem = problemOf(place.config.path, problems);
      return {
        id: place.id,
        name: place.name,
        type: place.type,
        path: place.config.path,
        problem: problem === null ? null : describeReason(problem),
      };
    }),
    problems: problems.map(describeReason),
    sampleAvailable: samples.length === 0 && workers.some((row) => row.alive && row.toolSets.some((set) => set.hasServer)),
  };
}
