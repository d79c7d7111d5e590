import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startCluster } from "#lib/clusters/cluster";
import { findClusterUser } from "#lib/clusters/os-user";
import { loadSampleShop } from "#lib/clusters/sample-shop";
import { quietLogger } from "#lib/testing/quiet-logger";
import { findTestBinaries } from "#lib/testing/test-binaries";

/** A PostgreSQL server that Lifeboat knows nothing of until somebody adds it. */
export type ShopServer = {
  host: string;
  port: number;
  binDir: string;
  /** URL of the superuser, for looking at the server past Lifeboat. */
  adminUrl: string;
  backupRole: { user: string; password: string };
  restoreRole: { user: string; password: string };
};

/** The shop's owner, and what only its database has: a restore must bring them back. */
export const shopOwner = "shop_owner";
export const shopConnectionLimit = 42;

/**
 * Databases `shop` (some thousand rows, owned by another role than the one that restores) and `ledger` (a few rows, to be locked). The backup
 * role may only read, as the SQL that Lifeboat offers makes it.
 */
export async function startShopServer(): Promise<{ facts: ShopServer; stop: () => Promise<void> }> {
  const [binaries] = await findTestBinaries();
  if (binaries === undefined) throw new Error("there is no PostgreSQL server on this machine");
  const root = mkdtempSync(join(tmpdir(), "lifeboat-e2e-shop-"));
  chmodSync(root, 0o711);
  const cluster = await startCluster({
    name: "e2e-shop",
    dataDir: join(root, "data"),
    binDir: binaries.binDir,
    password: randomBytes(18).toString("base64url"),
    osUser: await findClusterUser(quietLogger),
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
    logger: quietLogger,
  });
  const stop = async () => {
    await cluster.stop("immediate");
    rmSync(root, { recursive: true, force: true });
  };
  try {
    const backupRole = { user: "lifeboat_backup", password: "p@ss/wörd%20:" };
    const restoreRole = { user: "lifeboat_restore", password: randomBytes(12).toString("base64url") };
    const admin = postgres(cluster.url("postgres"), { max: 1, onnotice: () => undefined });
    try {
      await admin.unsafe(`CREATE ROLE ${shopOwner}`);
      await admin.unsafe(`CREATE ROLE ${backupRole.user} LOGIN BYPASSRLS PASSWORD '${backupRole.password}'`);
      await admin.unsafe(`GRANT pg_read_all_data TO ${backupRole.user}`);
      await admin.unsafe(`CREATE ROLE ${restoreRole.user} LOGIN SUPERUSER PASSWORD '${restoreRole.password}'`);
      await admin.unsafe(
        `CREATE DATABASE shop TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' OWNER ${shopOwner} CONNECTION LIMIT ${shopConnectionLimit}`,
      );
      await admin.unsafe("CREATE DATABASE ledger");
    } finally {
      await admin.end();
    }
    const { host, port, superuser: user, password, binDir } = cluster;
    await loadSampleShop({ host, port, user, password, binDir, database: "shop" }, 0.05);
    const ledger = postgres(cluster.url("ledger"), { max: 1 });
    await ledger`CREATE TABLE entries AS SELECT n AS id, md5(n::text) AS text FROM generate_series(1, 5000) AS n`;
    await ledger.end();
    return { facts: { host, port, binDir, adminUrl: cluster.url("postgres"), backupRole, restoreRole }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The same server, another database. */
export function databaseUrl(server: ShopServer, database: string): string {
  const url = new URL(server.adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  url.search = "";
  return url.href;
}
