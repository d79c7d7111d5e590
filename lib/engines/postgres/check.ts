import type postgres from "postgres";
import { LifeboatError, reasonOf, type Reason } from "#lib/domain/error";
import type { CheckResult, CheckStep, DatabaseFacts, EngineContext, ServerAddress } from "../port.ts";
import { probePort, resolveHost, type PinnedAddress } from "./address.ts";
import { mapConnectionError } from "./connection-errors.ts";
import { closeSql, openSql } from "./connection.ts";
import type { Deps } from "./engine-options.ts";
import { probeTls } from "./probe-tls.ts";
import { carriesCatalogue, readVersion, type ServerVersion } from "./server.ts";
import { pickToolSet } from "./tool-choice.ts";
import { waitWatched } from "./watched-read.ts";
import { withSql } from "./with-sql.ts";

type Facts = CheckStep["facts"];
const order: readonly CheckStep["code"][] = ["resolve", "connect", "tls", "sign-in", "version", "privileges", "tools", "size", "databases"];
/** Databases that are asked whether they carry a catalogue; more are listed without asking. */
const askedDatabases = 100;
const stepMs = 60_000;

/**
 * Tests a connection step by step and tells each step's beginning and end. The first failing step ends the test; the rest is
 * reported as skipped. Never throws for what it tests, only when it is cancelled.
 */
export async function checkServer(
  deps: Deps,
  address: ServerAddress,
  onStep: (step: CheckStep) => Promise<void>,
  context: EngineContext,
): Promise<CheckResult> {
  const check = new Check(deps, address, context);
  let failed: Reason | null = null;
  try {
    for (const code of order) {
      if (failed !== null) {
        await onStep({ code, state: "skipped", facts: {}, error: null });
        continue;
      }
      await onStep({ code, state: "running", facts: {}, error: null });
      try {
        context.signal.throwIfAborted();
        await onStep({ code, state: "done", facts: await bounded(check, code, address, context), error: null });
      } catch (error) {
        context.signal.throwIfAborted();
        const mapped = mapConnectionError(error, address, address.maintenanceDatabase);
        if (!(mapped instanceof LifeboatError)) deps.options.logger.error("a check failed unexpectedly", { step: code, error: mapped });
        failed = reasonOf(mapped);
        await onStep({ code, state: "failed", facts: {}, error: failed });
      }
    }
    return { serverVersion: check.version?.text ?? null, databases: check.databases, failed };
  } finally {
    await check.close();
  }
}

/** One step, given up after a minute; the step of databases bounds each of its sessions by itself. */
async function bounded(check: Check, code: CheckStep["code"], address: ServerAddress, context: EngineContext): Promise<Facts> {
  const silent = () =>
    code === "databases"
      ? Promise.resolve()
      : Promise.reject(new LifeboatError("connection-lost", { host: address.host, port: address.port }));
  return await waitWatched(check.run(code), stepMs, silent, context.signal);
}

class Check {
  version: ServerVersion | null = null;
  databases: DatabaseFacts[] = [];
  readonly #deps: Deps;
  readonly #address: ServerAddress;
  readonly #context: EngineContext;
  #ips: string[] = [];
  #pinned: PinnedAddress | null = null;
  #sql: postgres.Sql | null = null;

  constructor(deps: Deps, address: ServerAddress, context: EngineContext) {
    this.#deps = deps;
    this.#address = address;
    this.#context = context;
  }

  async run(code: CheckStep["code"]): Promise<Facts> {
    switch (code) {
      case "resolve":
        this.#ips = await resolveHost(this.#address.host);
        return { host: this.#address.host, addresses: this.#ips.join(", ") };
      case "connect":
        return await this.#connect();
      case "tls":
        return { mode: this.#address.tlsMode, ...(await probeTls(this.#pinned!)) };
      case "sign-in":
        this.#sql = openSql(this.#pinned!, this.#address.maintenanceDatabase, this.#context.applicationName);
        await this.#sql`select 1`;
        return { user: this.#address.username, database: this.#address.maintenanceDatabase };
      case "version":
        this.version = await readVersion(this.#sql!);
        return { version: this.version.text };
      case "privileges":
        return await this.#privileges();
      case "tools": {
        const { tools } = this.#deps;
        const set = pickToolSet(await tools.sets(), this.version!.major, ["pg_dump", "pg_restore"], await tools.installer());
        return { version: set.version, path: set.path, belowSafeMinimum: set.belowSafeMinimum };
      }
      case "size":
        return await this.#size();
      case "databases":
        await this.#markCatalogues();
        return { count: this.databases.length };
    }
  }

  async close(): Promise<void> {
    if (this.#sql !== null) await closeSql(this.#sql, 1);
  }

  async #connect(): Promise<Facts> {
    let last: unknown;
    for (const ip of this.#ips) {
      try {
        const milliseconds = await probePort(ip, this.#address, this.#context.signal);
        this.#pinned = { ...this.#address, ip };
        return { address: ip, port: this.#address.port, milliseconds };
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async #privileges(): Promise<Facts> {
    const [row] = await this.#sql!<Record<string, boolean>[]>`
      select rolsuper as superuser, rolcreatedb as "createDatabase", rolbypassrls as "bypassRowSecurity",
        case when current_setting('server_version_num')::int >= 140000 then pg_has_role(current_user, (select oid from pg_roles where rolname = 'pg_read_all_data'), 'USAGE') else rolsuper end as "readAllData"
      from pg_catalog.pg_roles where rolname = current_user`;
    return { superuser: false, createDatabase: false, bypassRowSecurity: false, readAllData: false, ...row };
  }

  async #size(): Promise<Facts> {
    const rows = await this.#sql!<(Omit<DatabaseFacts, "sizeBytes"> & { size: string | null })[]>`
      select datname as name, pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding, false as "isCatalogue",
        datallowconn and has_database_privilege(oid, 'CONNECT') as connectable,
        case when has_database_privilege(oid, 'CONNECT') or pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') then pg_database_size(oid)::text end as size
      from pg_catalog.pg_database where not datistemplate order by datname`;
    this.databases = rows.map(({ size, ...facts }) => Object.assign(facts, { sizeBytes: size === null ? null : Number(size) }));
    return { bytes: this.databases.reduce((sum, database) => sum + (database.sizeBytes ?? 0), 0) };
  }

  async #markCatalogues(): Promise<void> {
    for (const database of this.databases.filter((one) => one.connectable).slice(0, askedDatabases)) {
      this.#context.signal.throwIfAborted();
      try {
        database.isCatalogue = await withSql(this.#pinned!, database.name, this.#context.applicationName, carriesCatalogue);
      } catch {
        // Listed although the role cannot enter it: pg_hba.conf may forbid what the grants allow.
        database.connectable = false;
      }
    }
  }
}
