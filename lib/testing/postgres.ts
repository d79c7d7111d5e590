import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { describe, inject } from "vitest";
import { clusterSuperuser } from "#lib/clusters/cluster";
import { loadSampleShop } from "#lib/clusters/sample-shop";
import { type Catalogue, openCatalogue } from "#lib/db/client";
import { catalogueTemplate, type ClusterFacts, type ShopSize, shopTemplates, type TestSlot } from "./cluster-facts.ts";

/** A real server that the global set-up started; `major` is its true version. */
export type TestServer = {
  readonly major: number;
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
  /** Folder of its server and client programs. */
  readonly binDir: string;
  readonly url: (database: string) => string;
  /** One pooled superuser connection to `postgres` per test process; nobody needs to end it. */
  readonly admin: () => postgres.Sql;
};

export type TestDatabase = {
  readonly name: string;
  readonly url: string;
  /** A client on it, ended by `drop`. */
  readonly sql: postgres.Sql;
  /** Ends every session and drops the database. */
  readonly drop: () => Promise<void>;
};

export type TestCatalogue = { readonly url: string; readonly catalogue: Catalogue; readonly drop: () => Promise<void> };

const admins = new Map<number, postgres.Sql>();

function factsOf(slot: TestSlot): ClusterFacts | undefined {
  return inject("clusters").find((facts) => facts.slot === slot);
}

/** The server for a version slot. Throws when the machine has none (see `describeOn`). */
export function testServer(slot: TestSlot): TestServer {
  const facts = factsOf(slot);
  if (facts === undefined) throw new Error(`PostgreSQL ${slot} is not on this machine: run scripts/test/fetch-postgres-17.sh`);
  const { major, port, password, binDir } = facts;
  const host = "127.0.0.1";
  const url = (database: string) =>
    `postgresql://${clusterSuperuser}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
  const admin = () => {
    const known = admins.get(port) ?? postgres(url("postgres"), { max: 2, idle_timeout: 5, onnotice: () => undefined });
    admins.set(port, known);
    return known;
  };
  return { major, host, port, superuser: clusterSuperuser, password, binDir, url, admin };
}

/** `describe` for one version; where the machine lacks it, the group is shown as skipped under its name (in CI that is a failure). */
export function describeOn(slot: TestSlot, body: (server: TestServer) => void): void {
  describe.skipIf(factsOf(slot) === undefined)(`on PostgreSQL ${slot}`, () => {
    if (factsOf(slot) !== undefined) body(testServer(slot));
  });
}

export type DatabaseOptions = {
  /** Left out: a random one. Any name that PostgreSQL takes. */
  name?: string;
  template?: string;
  owner?: string;
  /** More of the statement, such as `encoding 'LATIN1' locale 'C'`. */
  properties?: string;
};

/** Makes a database, empty unless a template is named. */
export async function createEmptyDatabase(server: TestServer, options: DatabaseOptions = {}): Promise<TestDatabase> {
  const admin = server.admin();
  const name = options.name ?? `t_${randomBytes(6).toString("hex")}`;
  // Not `admin(name)`: postgres.js takes a name apart at its full stops.
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await admin.unsafe(`create database ${quoted(name)} template ${quoted(options.template ?? "template0")} ${options.properties ?? ""}`);
  if (options.owner !== undefined) await admin.unsafe(`alter database ${quoted(name)} owner to ${quoted(options.owner)}`);
  const url = server.url(name);
  // The name is given apart: postgres.js does not decode the path of a URL.
  const sql = postgres(url, { database: name, max: 4, idle_timeout: 5, onnotice: () => undefined });
  return {
    name,
    url,
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 });
      await admin.unsafe(`drop database if exists ${quoted(name)} with (force)`);
    },
  };
}

/** Clones the sample shop: `small` has about 2,500 rows, `normal` well over 100,000 (loaded once per run, when first asked for). */
export async function createShopDatabase(server: TestServer, size: ShopSize = "small"): Promise<TestDatabase> {
  if (size === "normal") await ensureNormalShop(server);
  return createEmptyDatabase(server, { template: shopTemplates[size].database });
}

async function ensureNormalShop(server: TestServer): Promise<void> {
  const { database, scale } = shopTemplates.normal;
  const draft = `${database}_draft`;
  const admin = server.admin();
  const session = await admin.reserve();
  try {
    // Test files run in several processes: one loads, the others wait.
    await session`select pg_advisory_lock(77120001)`;
    const known = await session`select 1 from pg_database where datname = ${database}`;
    if (known.length > 0) return;
    await session`drop database if exists ${session(draft)} with (force)`;
    await session`create database ${session(draft)}`;
    await loadSampleShop({ ...server, user: server.superuser, database: draft }, scale);
    await session`alter database ${session(draft)} rename to ${session(database)}`;
  } finally {
    await session`select pg_advisory_unlock(77120001)`;
    session.release();
  }
}

/** Clones the migrated, empty catalogue (on the older server) and opens it. */
export async function createCatalogue(): Promise<TestCatalogue> {
  const database = await createEmptyDatabase(testServer(15), { template: catalogueTemplate });
  const catalogue = openCatalogue(database.url, { applicationName: "lifeboat-test", max: 4 });
  return {
    url: database.url,
    catalogue,
    drop: async () => {
      await catalogue.close();
      await database.drop();
    },
  };
}
