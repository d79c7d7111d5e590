import type { Engine } from "../port.ts";
import { checkServer } from "./check.ts";
import { createDatabase } from "./create-database.ts";
import { countRows } from "./count-rows.ts";
import { clusterId } from "./cluster-id.ts";
import { databaseIds } from "./database-ids.ts";
import { digestCopy } from "./digest-copy.ts";
import { dropDatabase, dropDatabaseById } from "./drop-database.ts";
import { postgresDeps } from "./engine-deps.ts";
import type { PostgresEngineOptions } from "./engine-options.ts";
import { followDatabase } from "./follow-database.ts";
import { inspectTarget } from "./inspect-target.ts";
import { endLeftovers } from "./leftovers.ts";
import { listArchive } from "./list-archive.ts";
import { loadInPlace } from "./load-in-place.ts";
import { load } from "./load.ts";
import { renameDatabases } from "./rename-databases.ts";
import { reachServer } from "./server.ts";
import { openSnapshot } from "./snapshot.ts";

/** PostgreSQL through its own tools: `pg_dump`, `pg_restore`, `pg_dumpall`, and SQL for what they do not tell. */
export function createPostgresEngine(options: PostgresEngineOptions): Engine {
  const deps = postgresDeps(options);
  return {
    id: "postgres",
    snapshot: async (request, context) => await openSnapshot(deps, request, context),
    listArchive: async (archivePath, context) => await listArchive(deps, archivePath, context),
    check: async (address, onStep, context) => await checkServer(deps, address, onStep, context),
    inspectTarget: async (request, context) => await inspectTarget(deps, request, context),
    countRows,
    createDatabase: async (request, context) => await createDatabase(deps, request, context),
    load: async (archivePath, request, onEntry, context) => await load(deps, archivePath, request, onEntry, context),
    digestCopy: async (request, context) => await digestCopy(deps, request, context),
    dropDatabase: async (request, context) => await dropDatabase(deps, request, context),
    databaseIds,
    clusterId,
    followDatabase: async (address, names, context) => await followDatabase(deps, address, names, context),
    renameDatabases: async (address, renames, context, guard) => await renameDatabases(deps, address, renames, context, guard),
    loadInPlace: async (archivePath, request, onEntry, context) => await loadInPlace(deps, archivePath, request, onEntry, context),
    dropDatabaseById: async (address, target, context) => await dropDatabaseById(deps, address, target, context),
    endSessions: async (address, context) => await endLeftovers(await reachServer(address, context.signal), context.applicationName),
  };
}
