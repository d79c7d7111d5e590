import { randomUUIDv7 } from "node:crypto";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eq } from "drizzle-orm";
import { expect, inject } from "vitest";
import { type Catalogue, openCatalogue } from "#lib/db/client";
import { installation } from "#lib/db/schema/installation";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import type { Engine } from "#lib/engines/port";
import { createPostgresEngine } from "#lib/engines/postgres/engine";
import { makeId } from "#lib/domain/ids";
import { isActive } from "#lib/domain/run-state";
import type { ServiceContext } from "#lib/services/context";
import { passwordContext } from "#lib/services/servers/secrets";
import type { RunRow } from "#lib/services/runs/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import type { Logger } from "#lib/log/log";
import { addressOfUrl, type enduranceOf } from "#lib/worker/start-from-env";
import { startWorker, type Worker } from "#lib/worker/worker";
import { wireWorker } from "#lib/worker/wire";
import { endSandboxes } from "./end-sandboxes.ts";
import type { TestServer } from "./postgres.ts";
import { quietLogger } from "./quiet-logger.ts";
import { removeFolder } from "./temporary-folder.ts";

/** Short enough for tests, long enough for two busy cores. Milliseconds. */
export const testTimings = { leaseMs: 4_000, heartbeatMs: 200, sweepMs: 500, progressMs: 50, lockWaitMs: 2_000, stallMs: 20_000 };

export type Station = {
  readonly installationId: string;
  readonly backupDir: string;
  readonly tempDir: string;
  /** Starts one more worker of this installation; `change` puts a fault between executors and the outside. */
  startWorker(options?: {
    change?: (deps: WorkerDeps) => WorkerDeps;
    autoBackup?: boolean;
    scanEveryMs?: number;
    /** Policy's loops turn this often; never, unless told. Milliseconds. */
    tickMs?: number;
    /** What this worker's host declares (`LIFEBOAT_DRILL_HOOKS`). */
    hooksFile?: string;
    engine?: Engine;
    /** Folders of tools, before the usual ones. */
    pgBinPath?: string[];
    group?: string;
    logger?: Logger;
    timings?: Partial<typeof testTimings> & { abandonMs?: number };
    /** Lets the worker outlast an outage of the catalogue, as a real one does. */
    outage?: ReturnType<typeof enduranceOf>;
  }): Promise<Worker>;
  /** Removes its folders. */
  remove(): Promise<void>;
};

/** An installation on a test catalogue: its row, its folders, and workers in this process. */
export async function createStation(test: {
  catalogue: Catalogue;
  url: string;
  context: ServiceContext;
  backupDir?: string;
  tempDir?: string;
  /** Folders whose SQLite files may be sources and targets. */
  sqliteDirs?: string[];
  /** Folders whose files may be imported. */
  importDirs?: string[];
}): Promise<Station> {
  const folder = await mkdtemp(join(tmpdir(), "station-"));
  // As the data folder is: sandboxes lie in it, and their account has to pass through.
  await chmod(folder, 0o711);
  const backupDir = test.backupDir ?? join(folder, "backups");
  const tempDir = test.tempDir ?? join(folder, "tmp");
  const installationId = makeId("installation", randomUUIDv7());
  await test.catalogue.db.insert(installation).values({ id: installationId, createdAt: new Date(), lastSeenAt: new Date() });
  return {
    installationId,
    backupDir,
    tempDir,
    remove: async () => {
      await endSandboxes(dirname(tempDir));
      await removeFolder(folder);
    },
    startWorker: async (options = {}) => {
      const { outage } = options;
      const enduring = outage === undefined ? {} : { endurance: outage.endurance };
      const catalogue = openCatalogue(test.url, { applicationName: "lifeboat-worker", max: 4, ...enduring });
      const timings = { ...testTimings, ...options.timings };
      const logger = options.logger ?? quietLogger;
      const pgBinPath = [...(options.pgBinPath ?? []), ...testBinPath()];
      const engine = options.engine ?? createPostgresEngine({ pgBinPath, ...timings, cataloguesAddress: addressOfUrl(test.url), logger });
      const wired = await wireWorker({
        env: {
          backupDir,
          tempDir,
          ...timings,
          sqliteDirs: test.sqliteDirs ?? [],
          importDirs: test.importDirs ?? [],
          pgBinPath,
          drillHooksFile: options.hooksFile ?? null,
        },
        catalogue,
        keyring: test.context.keyring,
        installationId,
        engine,
        logger,
      });
      const worker = await startWorker({
        catalogue,
        databaseUrl: test.url,
        deps: options.change?.(wired.deps) ?? wired.deps,
        group: options.group ?? "default",
        ...timings,
        autoBackup: options.autoBackup ?? false,
        ...(options.scanEveryMs === undefined ? {} : { scanEveryMs: options.scanEveryMs }),
        ...(options.tickMs === undefined ? {} : { tickMs: options.tickMs }),
        ...(outage === undefined ? {} : { lastOutageMs: outage.lastMs }),
        facts: () => Promise.resolve({ toolSets: [], disks: [] }),
        disks: () => Promise.resolve([]),
      });
      return {
        id: worker.id,
        stop: async () => {
          outage?.stop();
          await worker.stop();
          await wired.pool.close();
          await catalogue.close();
        },
      };
    },
  };
}

/** Where the tools of the servers under test lie: a version of another distribution is in none of the usual places. */
export function testBinPath(): string[] {
  return inject("clusters").map((cluster) => cluster.binDir);
}

/** Puts a server and a source into the catalogue as their verbs would, with the superuser as role. */
export async function addSource(
  context: ServiceContext,
  server: Pick<TestServer, "host" | "port" | "superuser" | "password">,
  database: string,
  change: Partial<typeof sources.$inferInsert> = {},
): Promise<{ serverId: string; sourceId: string }> {
  const serverId = makeId("server", randomUUIDv7());
  const sourceId = makeId("source", randomUUIDv7());
  const now = new Date();
  await context.db.insert(servers).values({
    id: serverId,
    slug: `server-${serverId.slice(-8)}`,
    name: `server ${serverId.slice(-8)}`,
    host: server.host,
    port: server.port,
    tlsMode: "disable",
    username: server.superuser,
    passwordSealed: context.keyring.seal(server.password, passwordContext(serverId)),
    maintenanceDatabase: "postgres",
    createdAt: now,
    updatedAt: now,
  });
  await context.db.insert(sources).values({
    id: sourceId,
    slug: `source-${sourceId.slice(-8)}`,
    name: `source ${sourceId.slice(-8)}`,
    engine: "postgres",
    serverId,
    database,
    environment: "development",
    createdAt: now,
    updatedAt: now,
    ...change,
  });
  return { serverId, sourceId };
}

export async function loadRun(db: Catalogue["db"], id: string): Promise<RunRow> {
  const [row] = await db.select().from(runs).where(eq(runs.id, id));
  if (row === undefined) throw new Error(`no run ${id}`);
  return row;
}

/** Waits until a run is over and gives it. */
export async function untilEnded(db: Catalogue["db"], id: string, timeoutMs = 60_000): Promise<RunRow> {
  await expect.poll(async () => isActive((await loadRun(db, id)).state), { timeout: timeoutMs, interval: 50 }).toBe(false);
  return loadRun(db, id);
}

/** Waits until a run is in a step. */
export async function untilStep(db: Catalogue["db"], id: string, code: string, timeoutMs = 60_000): Promise<void> {
  await expect
    .poll(
      async () => {
        const steps = await db.select().from(runSteps).where(eq(runSteps.runId, id));
        return steps.find((step) => step.code === code)?.state;
      },
      { timeout: timeoutMs, interval: 20 },
    )
    .not.toBe("pending");
}
