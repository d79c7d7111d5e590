import { and, eq, isNull } from "drizzle-orm";
import { hostname } from "node:os";
import type { Database } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { reasonOf } from "#lib/domain/error";
import type { EngineContext, ServerAddress } from "#lib/engines/port";
import type { WorkerDeps } from "../runs/work.ts";
import { addressOf } from "../servers/address.ts";
import { openAccess } from "./access.ts";
import type { Leftovers, ServerAccess } from "./ports.ts";
import type { DrillRow } from "./rows.ts";

/**
 * What is still there after a removal, counted by looking; where nobody could look, what may be there counts as left. `isFinal`: nobody ever can again,
 * so that nothing has to wait for it.
 */
export type Removed = Leftovers & { readonly databases: number; readonly isFinal: boolean };

type Removing = { readonly db: Database; readonly deps: WorkerDeps; readonly engineContext: EngineContext };

type How = {
  /** What the caller found before it removed anything; asked anew unless told. */
  readonly isHere?: boolean;
  /** Whoever cannot be asked is told of in the answer instead of thrown. */
  readonly tolerant?: boolean;
};

/**
 * Removes whatever a drill restored (server, folder, database, files) and looks what is left. Quietly done when there is nothing; done twice it does
 * nothing. A copy that another host holds is not looked at and counts as left. Throws what keeps a server from being asked, unless `tolerant`.
 */
export async function removeCopy(removing: Removing, drill: DrillRow, { isHere, tolerant = false }: How = {}): Promise<Removed> {
  const { deps } = removing;
  const isReached = isHere ?? (await liesHere(deps, drill));
  const database =
    drill.target?.type === "server" && drill.hasTarget
      ? await removeDatabase(removing, drill).catch((error: unknown) => {
          if (!tolerant || removing.engineContext.signal.aborted) throw error;
          return notSeen(drill, `it could not be asked (${reasonOf(error).code})`);
        })
      : noDatabase;
  const left = await deps.drills.sandboxes.remove(drill.id);
  const elsewhere = isReached ? "" : `the copy lies on the host ${drill.target?.hostName ?? ""}, and this is ${hostname()}: nobody looked`;
  return {
    ...left,
    folders: left.folders + (isReached ? 0 : 1),
    databases: database.databases,
    isFinal: database.isFinal,
    detail: [database.detail, left.detail, elsewhere].filter((text) => text !== "").join("; "),
  };
}

/** False for a sandbox or a file that another host holds. A host may have got another name: then its folder tells. */
export async function liesHere({ drills: { sandboxes } }: Pick<WorkerDeps, "drills">, drill: DrillRow): Promise<boolean> {
  const { target, hasTarget } = drill;
  if (!hasTarget || target === null || target.type === "server" || target.hostName === null) return true;
  return target.hostName === hostname() || (await sandboxes.holds(drill.id));
}

type DatabaseLeft = Pick<Removed, "databases" | "isFinal" | "detail">;

const noDatabase: DatabaseLeft = { databases: 0, isFinal: false, detail: "" };

/** Nobody looked: it counts as left, and whoever reads the report is told where to look. */
function notSeen({ target }: DrillRow, why: string, isFinal = false): DatabaseLeft {
  const server = target?.serverName ?? target?.serverId ?? "";
  return { databases: 1, isFinal, detail: `the database ${target?.name ?? ""} may be left on the server ${server}: ${why}` };
}

async function removeDatabase({ db, deps, engineContext }: Removing, drill: DrillRow): Promise<DatabaseLeft> {
  const access = openAccess(deps.context.keyring, drill);
  const database = drill.target?.name ?? "";
  const [server] = await db
    .select()
    .from(servers)
    .where(and(eq(servers.id, drill.target?.serverId ?? ""), isNull(servers.removedAt)));
  if (server === undefined) return notSeen(drill, "the server was removed from Lifeboat before the database could be", true);
  if (access?.type !== "server") return noDatabase;
  const address = addressOf(deps.context.keyring, server, "restore");
  // Its address may have been changed: where the database was never made, none is found, and that proves nothing.
  const cluster = access.clusterId === null ? null : await deps.engine.clusterId(address, engineContext);
  if (cluster !== null && cluster !== access.clusterId) return notSeen(drill, "another server answers at its address now");
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
  if (access.oid !== null) return access.oid === oid;
  const { database } = access;
  const request = { address, database, properties: null, content: "all" as const, tables: [], owners: "keep" as const, jobs: 1 };
  try {
    return (await deps.engine.digestCopy(request, engineContext)).length === 0;
  } catch (error) {
    if (reasonOf(error).code === "database-missing") return false;
    throw error;
  }
}
