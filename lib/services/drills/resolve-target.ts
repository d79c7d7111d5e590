import { hostname } from "node:os";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { servers } from "#lib/db/schema/servers";
import { drillDatabaseName } from "#lib/domain/drill-name";
import { LifeboatError } from "#lib/domain/error";
import { majorOf } from "#lib/domain/restore-plan";
import type { BackupFacts } from "../backups/facts.ts";
import { isForeignArchive } from "../restores/foreign-archive.ts";
import type { RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import type { SandboxOutlook } from "./ports.ts";
import type { DrillRow } from "./rows.ts";

type Target = NonNullable<DrillDetailDto["target"]>;

/** Where a drill restores to, and what is known of it before anything is started. */
export type ResolvedTarget = {
  readonly target: Target;
  readonly outlook: SandboxOutlook | null;
  readonly server: typeof servers.$inferSelect | null;
};

const randomBytes = 3;

/**
 * Decides where a drill restores to. `automatic` is a sandbox where one can be started, else a temporary database on the source's own server. Throws
 * `sandbox-unavailable` { detail } for a sandbox that was asked for, `drill-no-target` { detail } where nothing is left, `not-found` for a server that
 * is gone.
 */
export async function resolveTarget(work: RunWork, drill: DrillRow, facts: BackupFacts): Promise<ResolvedTarget> {
  const { deps } = work;
  const { backup, source } = facts;
  const name = drillDatabaseName(source.database, deps.context.now(), deps.randomHex(randomBytes));
  const nowhere = { serverId: null, serverName: null, serverVersion: null, hostName: hostname() };
  if (source.engine === "sqlite") {
    return { target: { type: "file", name: `${name}.db`, ...nowhere, confined: false }, outlook: null, server: null };
  }
  const wanted = drill.wantedTarget;
  const isForeign = isForeignArchive(backup);
  if (wanted.type === "server" && !isForeign) return ofServer(work, wanted.serverId, name);
  const outlook = await deps.drills.sandboxes.look(majorOf(backup.serverVersion));
  const problem = "problem" in outlook ? outlook.problem : null;
  // What comes from elsewhere can run code while it is restored.
  if (!("problem" in outlook) && wanted.type !== "server" && (outlook.confined || !isForeign)) {
    const { serverVersion, confined } = outlook;
    return { target: { type: "sandbox", name, ...nowhere, serverVersion, confined }, outlook, server: null };
  }
  if (isForeign) {
    throw new LifeboatError("drill-no-target", { detail: "what was imported from elsewhere is restored only into a confined sandbox" });
  }
  if (wanted.type === "sandbox" || source.serverId === null) {
    throw new LifeboatError(problem?.code ?? "drill-no-target", problem?.params ?? { detail: "no sandbox can be started" });
  }
  return ofServer(work, source.serverId, name);
}

async function ofServer(work: RunWork, serverId: string, name: string): Promise<ResolvedTarget> {
  const server = await getServerOrThrow(work.db, serverId);
  const target: Target = {
    type: "server",
    name,
    serverId,
    serverName: server.name,
    serverVersion: server.serverVersion,
    hostName: null,
    confined: false,
  };
  return { target, outlook: null, server };
}
