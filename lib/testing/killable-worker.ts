import { drizzle } from "drizzle-orm/postgres-js";
import { openCatalogue } from "#lib/db/client";
import { createPostgresEngine } from "#lib/engines/postgres/engine";
import { createKeyring } from "#lib/secrets/keyring";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { wireWorker } from "#lib/worker/wire";
import { startWorker } from "#lib/worker/worker";
import postgres from "postgres";
import { withPoints } from "./kill-points.ts";
import { quietLogger } from "./quiet-logger.ts";

/**
 * A worker process for tests that kills itself, with -9, at the n-th point of its work (see `killable-workers.ts`). It begins to work once
 * it was told where to die: one that is only waiting for its turn would take the runs of the one before it.
 */
export type KillableConfig = {
  readonly databaseUrl: string;
  readonly key: string;
  readonly installationId: string;
  readonly backupDir: string;
  readonly tempDir: string;
  readonly pgBinPath: string[];
  readonly sqliteDirs: string[];
  /** Policy's loops turn this often, in milliseconds; left out, never. */
  readonly tickMs?: number;
  /** What the workers' host declares (`LIFEBOAT_DRILL_HOOKS`). */
  readonly hooksFile?: string;
  readonly timings: { leaseMs: number; heartbeatMs: number; sweepMs: number; progressMs: number; lockWaitMs: number; stallMs: number };
};

const config = JSON.parse(process.env["LIFEBOAT_TEST_CONFIG"] ?? "{}") as KillableConfig;
const points: string[] = [];
let killAt: number | string | null = null;
let armed = false;

function reached(point: string): void {
  if (!armed) return;
  if (points.length === killAt || point === killAt) process.kill(process.pid, "SIGKILL");
  points.push(point);
}

/** What goes on all the time and decides nothing; the settings are read with each look for a queued run. */
const background = /"workers"|set "lease_expires_at"|"run_log"|set "progress"|skip locked|"settings"/;

function reachedQuery(query: string): void {
  if (background.test(query)) return;
  const [, verb = "", table = ""] = /^(\w+).*?(?:"lifeboat"\."(\w+)")/s.exec(query) ?? [];
  reached(`catalogue ${verb} ${table}`);
}

// The test is over.
process.on("disconnect", () => process.exit(0));

const { databaseUrl, timings, backupDir, tempDir, sqliteDirs } = config;
const opened = openCatalogue(databaseUrl, { applicationName: "lifeboat-worker", max: 4 });
// As in the worker's own main: an answer that nobody waits for any more is no reason to end.
process.on("unhandledRejection", () => undefined);

const client = postgres(databaseUrl, { max: 4, onnotice: () => undefined, connection: { TimeZone: "UTC" } });
const catalogue = { ...opened, db: drizzle(client, { logger: { logQuery: reachedQuery } }) };
const engine = createPostgresEngine({ pgBinPath: config.pgBinPath, ...timings, logger: quietLogger });
const wired = await wireWorker({
  env: { backupDir, tempDir, sqliteDirs, ...timings, drillHooksFile: config.hooksFile ?? null },
  catalogue,
  keyring: createKeyring(Buffer.from(config.key, "hex")),
  installationId: config.installationId,
  engine: withPoints(engine, "engine", reached),
  openStorage: (root) => withPoints(createLocalStorage({ root }), "storage", reached),
  logger: quietLogger,
});
const { drills } = wired.deps;
const deps = {
  ...wired.deps,
  files: withPoints(wired.deps.files, "files", reached),
  drills: {
    ...drills,
    sandboxes: withPoints(drills.sandboxes, "sandboxes", reached),
    copies: withPoints(drills.copies, "copies", reached),
  },
};

process.on("message", (message: { arm?: number | string | null; report?: true }) => {
  if (message.arm !== undefined) work(message.arm).catch(() => process.exit(1));
  if (message.report === true) process.send?.({ points });
});
process.send?.({ ready: true });

async function work(killIt: number | string | null): Promise<void> {
  killAt = killIt;
  await startWorker({
    catalogue,
    databaseUrl,
    deps,
    group: "default",
    ...timings,
    autoBackup: false,
    ...(config.tickMs === undefined ? {} : { tickMs: config.tickMs }),
    facts: () => Promise.resolve({ toolSets: [], disks: [] }),
    disks: () => Promise.resolve([]),
  });
  armed = true;
  process.send?.({ armed: true });
}
