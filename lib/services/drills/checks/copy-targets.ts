import { and, eq, isNull } from "drizzle-orm";
import { hostname } from "node:os";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import type { CopyTarget } from "#lib/engines/copy-port";
import { rememberSecret } from "#lib/log/redact";
import type { RunWork } from "../../runs/work.ts";
import { addressOf } from "../../servers/address.ts";
import type { DrillAccess, SandboxAccess, ServerAccess } from "../ports.ts";

/** Whom a copy is read as. */
export type CopyTargets = {
  /** Sees all that there is. */
  readonly owner: CopyTarget;
  /** For statements that people wrote. On a server it is the restore role: the reader refuses it where it may do more than read. */
  readonly reader: CopyTarget;
  /** Roles that Lifeboat made: what they own or may do is nothing of the backup. */
  readonly ownRoles: readonly string[];
};

/** How a copy on a database server is reached. Throws `copy-gone` { detail } when it is not there any more, and what keeps the server from being asked. */
export async function findCopy(
  { db, deps, engineContext }: Pick<RunWork, "db" | "deps" | "engineContext">,
  access: SandboxAccess | ServerAccess,
): Promise<CopyTargets> {
  if (access.type === "sandbox") {
    const { owner, reader } = access;
    for (const { address } of [owner, reader]) if (address.password !== null) rememberSecret(address.password);
    if (!(await deps.drills.sandboxes.isAlive(access))) throw new LifeboatError("copy-gone", { detail: whereabouts(access) });
    return { owner, reader, ownRoles: [owner.address.username, reader.address.username] };
  }
  const { serverId, database, oid, clusterId } = access;
  const [server] = await db
    .select()
    .from(servers)
    .where(and(eq(servers.id, serverId), isNull(servers.removedAt)));
  if (server === undefined) throw new LifeboatError("copy-gone", { detail: "its server was removed" });
  const address = addressOf(deps.context.keyring, server, "restore");
  const now = (await deps.engine.databaseIds(address, [database], engineContext)).get(database);
  const cluster = clusterId === null ? null : await deps.engine.clusterId(address, engineContext);
  const isOther = oid !== null && now !== oid;
  if (now === undefined || isOther || (cluster !== null && cluster !== clusterId)) {
    throw new LifeboatError("copy-gone", { detail: `there is no such database ${database} any more` });
  }
  const target = { address, database };
  return { owner: target, reader: target, ownRoles: [] };
}

/** Why a copy that lies on one host cannot be looked at. */
export function whereabouts({ hostName }: { readonly hostName: string }): string {
  return hostName === hostname() ? "its server ended" : `it is on the host ${hostName}`;
}

/** True for a copy that nothing but the drill depends on: what is started on it reaches nothing else. */
export function isApart(access: DrillAccess): access is Exclude<DrillAccess, ServerAccess> {
  return access.type !== "server";
}
