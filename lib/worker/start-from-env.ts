import { setTimeout as delay } from "node:timers/promises";
import { type Catalogue, openCatalogue } from "#lib/db/client";
import type { Endurance } from "#lib/db/outage";
import { installation } from "#lib/db/schema/installation";
import { createPostgresEngine } from "#lib/engines/postgres/engine";
import { discoverToolSets } from "#lib/engines/postgres/tools";
import { type Env, EnvError } from "#lib/env/env";
import type { Logger } from "#lib/log/log";
import { keyFileIn, loadKeyring } from "#lib/secrets/keyring";
import { readDisk } from "./disks.ts";
import { wireWorker } from "./wire.ts";
import { startWorker } from "./worker.ts";
import type { WorkerFacts } from "./worker-row.ts";

/** How long a worker waits for whoever makes the installation's row. */
const installationTries = 60;

/** Opens everything that a worker needs and starts it. Throws `EnvError` without a catalogue, and what stands in the way otherwise. */
export async function startWorkerFromEnv(env: Env, logger: Logger): Promise<{ stop: () => Promise<void> }> {
  if (env.databaseUrl === null) {
    throw new EnvError("DATABASE_URL: is not set; the worker is started by `npm run up`, or needs the catalogue's address");
  }
  const keyring = loadKeyring({ key: env.key, keyFile: keyFileIn(env.dataDir) });
  const outage = enduranceOf(logger);
  const catalogue = openCatalogue(env.databaseUrl, { applicationName: "lifeboat-worker", endurance: outage.endurance });
  const installationId = await findInstallation(catalogue);
  const engine = createPostgresEngine({
    pgBinPath: env.pgBinPath,
    lockWaitMs: env.lockWaitMs,
    stallMs: env.stallMs,
    cataloguesAddress: addressOfUrl(env.databaseUrl),
    logger,
  });
  const { deps, pool } = await wireWorker({ env, catalogue, keyring, installationId, engine, logger });
  const disks = async (): Promise<WorkerFacts["disks"]> => [
    await readDisk("backups", env.backupDir),
    await readDisk("temporary", env.tempDir),
    await readDisk("data", env.dataDir),
  ];
  const worker = await startWorker({
    catalogue,
    databaseUrl: env.databaseUrl,
    deps,
    group: env.workerGroup,
    leaseMs: env.leaseMs,
    heartbeatMs: env.heartbeatMs,
    sweepMs: env.sweepMs,
    progressMs: env.progressMs,
    autoBackup: !env.disableAutoBackup,
    scanEveryMs: 3_600_000,
    tickMs: env.tickMs,
    lastOutageMs: outage.lastMs,
    facts: async () => ({ toolSets: await discoverToolSets(env.pgBinPath), disks: await disks() }),
    disks,
  });
  return {
    stop: async () => {
      outage.stop();
      await worker.stop();
      await pool.close();
      await catalogue.close();
    },
  };
}

/** So long a run waits for the catalogue before it gives up, in milliseconds. */
const catalogueAwayMs = 15 * 60_000;

/**
 * A worker outlasts an outage of the catalogue: what it wants to write waits, and the fencing token decides at the end whether it
 * still may. `stop` ends all waiting.
 */
export function enduranceOf(logger: Logger): { endurance: Endurance; lastMs: () => number; stop: () => void } {
  const stopping = new AbortController();
  let lastMs = -Infinity;
  const onOutage: Endurance["onOutage"] = ({ over, error, forMs }) => {
    lastMs = performance.now();
    const seconds = Math.round(forMs / 1000);
    if (over) logger.info("the catalogue answers again", { seconds });
    else logger.warn("the catalogue does not answer; runs go on and wait for it", { error });
  };
  return {
    endurance: { signal: stopping.signal, patienceMs: catalogueAwayMs, onOutage },
    lastMs: () => lastMs,
    stop: () => stopping.abort(),
  };
}

async function findInstallation(catalogue: Catalogue): Promise<string> {
  for (let attempt = 0; attempt < installationTries; attempt += 1) {
    const [row] = await catalogue.db.select({ id: installation.id }).from(installation).limit(1);
    if (row !== undefined) return row.id;
    await delay(500);
  }
  throw new Error("the catalogue knows no installation; start it with `npm run up` first");
}

/** Where the catalogue lies, so that nothing is restored into it. */
export function addressOfUrl(databaseUrl: string): { host: string; port: number; database: string } {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 5432), database: decodeURIComponent(pathname.slice(1)) };
}
