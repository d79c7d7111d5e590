import { chown, readdir, stat } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { startSandbox } from "#lib/clusters/sandbox";
import { findServerBinaries, type ServerBinaries } from "#lib/clusters/server-binaries";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext } from "#lib/engines/port";
import { loadForeignArchive, loadForeignScript } from "#lib/engines/postgres/restore-foreign";
import { createSandboxDatabase, type SandboxDatabase } from "#lib/engines/postgres/sandbox-database";
import { safeToolSets } from "#lib/engines/postgres/safe-tools";
import type { ConfinedRun } from "#lib/engines/postgres/run-script";
import { discoverToolSets } from "#lib/engines/postgres/tools";
import type { Logger } from "#lib/log/log";
import type { ImportPorts, ImportSandbox } from "#lib/services/imports/ports";

type Wanted = Parameters<ImportPorts["startSandbox"]>[0];

const database = "imported";

/** Starts a sandbox of the lowest version that is new enough and whose programs may open what comes from elsewhere. */
export async function startImportSandbox(
  host: { readonly root: string; readonly pgBinPath: readonly string[]; readonly logger: Logger },
  { runId, major, owner, encoding }: Wanted,
  context: EngineContext,
): Promise<ImportSandbox> {
  const binaries = await chooseBinaries(host.pgBinPath, major);
  const sandbox = await startSandbox({ root: host.root, runId, binDir: binaries.binDir, logger: host.logger });
  try {
    const { cluster, user } = sandbox;
    // Names of the server's own are no roles; and the superuser's is not to be met.
    const role = owner.startsWith("pg_") || owner === "" ? "imported" : owner;
    const password = randomBytes(24).toString("hex");
    const address = { host: cluster.host, port: cluster.port, tlsMode: "disable" as const, tlsCa: "", maintenanceDatabase: database };
    const superuser = { ...address, ip: cluster.host, username: cluster.superuser, password: cluster.password };
    const target: SandboxDatabase = { superuser, applicationName: context.applicationName, role, password, database };
    await createSandboxDatabase(target, encoding);
    const runIn = (asked: EngineContext): ConfinedRun => ({
      binDir: binaries.binDir,
      confine: sandbox.confine,
      user,
      workDir: sandbox.workDir,
      host: sandbox.socketDir,
      port: cluster.port,
      role,
      password,
      database,
      applicationName: asked.applicationName,
      signal: asked.signal,
    });
    return {
      serverVersion: binaries.version,
      address: { ...address, username: role, password },
      database,
      inbox: sandbox.inbox,
      isOffline: !sandbox.hasNetwork,
      runScript: async (script, facts, asked) => await loadForeignScript(target, runIn(asked), script, facts),
      restoreArchive: async (path, asked) => {
        await giveInbox(sandbox.inbox, user);
        await loadForeignArchive(target, runIn(asked), path);
      },
      stop: sandbox.stop,
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

/** Throws `sandbox-unavailable` when no server is new enough, `tool-below-safe-minimum` when those that are may not open it. */
async function chooseBinaries(pgBinPath: readonly string[], major: number): Promise<ServerBinaries> {
  const enough = (await findServerBinaries(pgBinPath)).filter((each) => each.major >= major);
  if (enough.length === 0) throw new LifeboatError("sandbox-unavailable", { detail: `PostgreSQL ${major} or newer is not installed here` });
  const sets = (await discoverToolSets(pgBinPath)).filter((set) => set.major >= major && set.hasServer);
  const safe = new Set(safeToolSets(sets, "psql").map(({ version }) => version));
  const fitting = enough.filter(({ version }) => safe.has(version)).sort((a, b) => a.major - b.major);
  const [lowest] = fitting;
  if (lowest === undefined)
    throw new LifeboatError("sandbox-unavailable", { detail: `no server of PostgreSQL ${major} or newer lies beside safe programs` });
  return lowest;
}

/** Files that we wrote become the account's; the folder's own last, so that nothing in it moves before. */
async function giveInbox(folder: string, user: { uid: number; gid: number }): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).uid !== user.uid) await chown(path, user.uid, user.gid);
  }
  await chown(folder, user.uid, user.gid);
}
