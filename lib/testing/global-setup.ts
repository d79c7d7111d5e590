import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { type PrivateCluster, startCluster, stopCluster } from "#lib/clusters/cluster";
import { findClusterUser } from "#lib/clusters/os-user";
import { isAlive } from "#lib/clusters/postmaster-pid";
import { loadSampleShop } from "#lib/clusters/sample-shop";
import { migrateCatalogue } from "#lib/db/migrate";
import { createLogger } from "#lib/log/log";
import { catalogueTemplate, type ClusterFacts, shopTemplates } from "./cluster-facts.ts";
import { fastFolder } from "./fast-folder.ts";
import { findTestBinaries } from "./test-binaries.ts";

declare module "vitest" {
  export interface ProvidedContext {
    clusters: ClusterFacts[];
  }
}

const logger = createLogger("warn", { process: "tests" });
const prefix = "lifeboat-clusters-";
const temporaryPrefix = "lifeboat-";

/** Fast and not durable: a test's cluster never survives a power cut. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  max_wal_size: "256MB",
  autovacuum_naptime: "10min",
  // Both stand in the way of renames and drops, and are off by default.
  max_prepared_transactions: "5",
  wal_level: "logical",
};

/** Starts one cluster per PostgreSQL version on free ports, with a migrated catalogue and a small shop to clone from. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const home = await fastFolder();
  for (const folder of new Set([home, tmpdir()])) await removeAbandoned(folder);
  const root = join(home, `${prefix}${process.pid}`);
  await mkdir(root, { mode: 0o711 });
  await chmod(root, 0o711);
  // Short: servers listen on sockets in it, and the path of one has less than 108 bytes.
  const temporary = join(home, `${temporaryPrefix}${process.pid}`);
  await mkdir(temporary);
  // As /tmp is: servers run under another account.
  await chmod(temporary, 0o1777);
  // Test processes, and what they start, are born with these. Dozens of processes load the same files.
  Object.assign(process.env, { TMPDIR: temporary, NODE_COMPILE_CACHE: join(root, "compile-cache") });
  const started: PrivateCluster[] = [];
  const tearDown = async () => {
    await Promise.all(started.map((cluster) => cluster.stop("immediate")));
    for (const folder of [root, temporary]) await rm(folder, { recursive: true, force: true });
  };
  try {
    const binaries = await findTestBinaries();
    const facts = await Promise.all(
      binaries.map(async ({ slot, major, binDir }) => {
        const password = randomBytes(18).toString("base64url");
        const cluster = await startCluster({
          name: `tests-${slot}`,
          dataDir: join(root, String(slot)),
          binDir,
          password,
          osUser: await findClusterUser(logger),
          settings,
          logger,
        });
        started.push(cluster);
        await makeTemplates(cluster, password);
        return { slot, major, port: cluster.port, password, binDir };
      }),
    );
    project.provide("clusters", facts);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

async function makeTemplates(cluster: PrivateCluster, password: string): Promise<void> {
  const admin = postgres(cluster.url("postgres"), { max: 1, onnotice: () => undefined });
  try {
    await admin`create database ${admin(catalogueTemplate)}`;
    await admin`create database ${admin(shopTemplates.small.database)}`;
    await migrateCatalogue(cluster.url(catalogueTemplate));
    const { host, port, superuser: user, binDir } = cluster;
    await loadSampleShop({ host, port, user, binDir, password, database: shopTemplates.small.database }, shopTemplates.small.scale);
  } finally {
    await admin.end();
  }
}

/** A test run that was killed leaves its clusters running; the next one ends them. */
async function removeAbandoned(home: string): Promise<void> {
  for (const entry of await readdir(home)) {
    if (isLeft(entry, temporaryPrefix)) await rm(join(home, entry), { recursive: true, force: true });
    if (!isLeft(entry, prefix)) continue;
    const root = join(home, entry);
    for (const { slot, binDir } of await findTestBinaries()) {
      const dataDir = join(root, String(slot));
      if (!existsSync(join(dataDir, "PG_VERSION"))) continue;
      const osUser = await findClusterUser(logger);
      await stopCluster({ name: "abandoned", dataDir, binDir, password: "", osUser, logger }, "immediate");
    }
    await rm(root, { recursive: true, force: true });
  }
}

/** What a process that is gone named after its number. */
function isLeft(entry: string, start: string): boolean {
  const pid = Number(entry.startsWith(start) ? entry.slice(start.length) : Number.NaN);
  return Number.isSafeInteger(pid) && !isAlive(pid);
}
