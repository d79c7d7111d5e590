import { asc, desc, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/storage";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { destinations } from "#lib/db/schema/destinations";
import { sources } from "#lib/db/schema/sources";
import { workers } from "#lib/db/schema/workers";
import { type BackupKind, backupKinds } from "#lib/domain/backup-state";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const mostSources = 1000;

type Usage = { backups: number; storedBytes: number; streamBytes: number };
type Counted = Usage & { readonly sourceId: string; readonly kind: BackupKind };

/** Everything that lies in storage counts, also what is on its way out. */
function readCounts({ db }: ServiceContext): Promise<Counted[]> {
  return db
    .select({
      sourceId: backups.sourceId,
      kind: backups.kind,
      backups: sql<number>`count(*)::int`,
      storedBytes: sql<number>`sum(${backups.storedBytes})::bigint`.mapWith(Number),
      streamBytes: sql<number>`sum(${backups.streamBytes})::bigint`.mapWith(Number),
    })
    .from(backups)
    .where(sql`${backups.state} <> 'writing'`)
    .groupBy(backups.sourceId, backups.kind);
}

function sumOf(counted: readonly Usage[]): Usage {
  return {
    backups: counted.reduce((sum, each) => sum + each.backups, 0),
    storedBytes: counted.reduce((sum, each) => sum + each.storedBytes, 0),
    streamBytes: counted.reduce((sum, each) => sum + each.streamBytes, 0),
  };
}

/** Places with what their disk has left, as the worker saw it that wrote last; null where none has said it. */
async function readDestinations({ db }: ServiceContext) {
  const [places, told] = await Promise.all([
    db.select().from(destinations).orderBy(asc(destinations.createdAt)),
    db.select({ disks: workers.disks }).from(workers).orderBy(desc(workers.heartbeatAt)).limit(100),
  ]);
  return places.map(({ id, name, config: { path } }) => {
    const disk = told.flatMap(({ disks }) => disks).find((each) => each.purpose === "backups" && each.path === path);
    return { id, name, path, freeBytes: disk?.freeBytes ?? null, totalBytes: disk?.totalBytes ?? null };
  });
}

/** Space used by kind and by source, largest first (at most 1,000 sources), and what the destinations have left. */
export async function getStorageUsage(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.getStorageUsage>,
): Promise<EndpointOutput<typeof contract.getStorageUsage>> {
  authorise(context, "backups:read");
  const { db } = context;
  const [counted, chainRows, named, places] = await Promise.all([
    readCounts(context),
    db
      .select({ sourceId: chains.sourceId, chains: sql<number>`count(*)::int` })
      .from(chains)
      .groupBy(chains.sourceId),
    db.select({ id: sources.id, name: sources.name, engine: sources.engine }).from(sources),
    readDestinations(context),
  ]);
  const bySource = Map.groupBy(counted, (row) => row.sourceId);
  const chainsOf = new Map(chainRows.map((row) => [row.sourceId, row.chains]));
  return {
    total: sumOf(counted),
    byKind: backupKinds.map((kind) => Object.assign({ kind }, sumOf(counted.filter((row) => row.kind === kind)))),
    bySource: named
      .flatMap(({ id, name, engine }) => {
        const own = bySource.get(id);
        return own === undefined ? [] : [{ sourceId: id, sourceName: name, engine, chains: chainsOf.get(id) ?? 0, ...sumOf(own) }];
      })
      .sort((left, right) => right.storedBytes - left.storedBytes || left.sourceName.localeCompare(right.sourceName, "en"))
      .slice(0, mostSources),
    destinations: places,
  };
}
