import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { reasonOf } from "#lib/domain/error";
import type { EngineContext, ServerAddress } from "#lib/engines/port";
import type { WorkerDeps } from "../runs/work.ts";
import { addressOf } from "../servers/address.ts";
import { openAccess } from "./access.ts";
import type { Leftovers, ServerAccess } from "./ports.ts";
import type { DrillRow } from "./rows.ts";

/** What is still there after a removal, counted by looking. `isReachable` false: nobody can look there any more, and nobody has to wait for it. */
export type Removed = Leftovers & { readonly databases: number; readonly isReachable: boolean };

type Removing = { readonly db: Database; readonly deps: WorkerDeps; readonly engineContext: EngineContext };

/**
 * Removes whatever a drill restored (server, folder, database, files) and looks what is left. Quietly done when there is nothing; done twice it does
 * nothing. Throws what keeps a server from being asked.
 */
export async function removeCopy({ db, deps, engineContext }: Removing, drill: DrillRow): Promise<Removed> {
  const database =
    drill.target?.type === "server" && drill.hasTarget ? await removeDatabase({ db, deps, engineContext }, drill) : noDatabase;
  const left = await deps.drills.sandboxes.remove(drill.id);
  const { databases, isReachable } = database;
  return { ...left, databases, isReachable, detail: [database.detail, left.detail].filter((text) => text !== "").join("; ") };
}

type DatabaseLeft = Pick<Removed, "databases" | "isReachable" | "detail">;

const noDatabase: DatabaseLeft = { databases: 0, isReachable: true, detail: "" };

async function removeDatabase({ db, deps, engineContext }: Removing, drill: DrillRow): Promise<DatabaseLeft> {
  const access = openAccess(deps.context.keyring, drill);
  const database = drill.target?.name ?? "";
  const [server] = await db
    .select()
    .from(servers)
    .where(and(eq(servers.id, drill.target?.serverId ?? ""), isNull(servers.removedAt)));
  if (server === undefined) {
    return {
      databases: 1,
      isReachable: false,
      detail: `the server was removed from Lifeboat before the database ${database} could be: look for it there`,
    };
  }
  if (access?.type !== "server") return noDatabase;
  const address = addressOf(deps.context.keyring, server, "restore");
  const find = async () => (await deps.engine.databaseIds(address, [database], engineContext)).get(database);
  const oid = await find();
  if (oid === undefined || !(await isOurs({ db, deps, engineContext }, address, access, oid))) return noDatabase;
  await deps.engine.dropDatabaseById(address, { oid, database }, engineContext).catch((error: unknown) => {
    // Another one has the name by now: whatever that is, it is not ours.
    if (reasonOf(error).code !== "target-changed") throw error;
  });
  return { ...noDatabase, databases: (await find()) === oid ? 1 : 0 };
}

/** Told by its object id; one that was only about to be made, by its name, which nobody else makes up, and by being empty. */
async function isOurs({ deps, engineContext }: Removing, address: ServerAddress, access: ServerAccess, oid: number): Promise<boolean> {
  if (access.oid !== null) {
    const cluster = access.clusterId === null ? null : await deps.engine.clusterId(address, engineContext);
    return access.oid === oid && (cluster === null || cluster === access.clusterId);
  }
  const { database } = access;
  const request = { address, database, properties: null, content: "all" as const, tables: [], owners: "keep" as const, jobs: 1 };
  try {
    return (await deps.engine.digestCopy(request, engineContext)).length === 0;
  } catch (error) {
    if (reasonOf(error).code === "database-missing") return false;
    throw error;
  }
}
