import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { afterEach, beforeEach } from "vitest";
import { createEmptyDatabase, type TestServer } from "#lib/testing/postgres";
import type { ServerAddress } from "../port.ts";
import { addressOf, engineFixture, type EngineFixture } from "./engine-fixture.ts";
import { identifier, literal } from "./sql-text.ts";

export type Prepared = {
  readonly name: string;
  readonly sibling: string;
  readonly kept: string;
  readonly old: number;
  readonly fresh: number;
  /** The swap, and what takes it back. */
  readonly swap: { oid: number; from: string; to: string }[];
  readonly undo: { oid: number; from: string; to: string }[];
};

/** For integration tests: databases, roles and sessions around a replacement on one server; what a test made is removed when it ends. */
export class ReplaceBench {
  readonly server: TestServer;
  readonly address: ServerAddress;
  readonly #names = new Set<string>();
  readonly #roles: string[] = [];
  readonly #sessions: postgres.Sql[] = [];
  fixture!: EngineFixture;

  constructor(server: TestServer) {
    this.server = server;
    this.address = addressOf(server);
    beforeEach(async () => {
      this.fixture = await engineFixture([server.binDir]);
    });
    afterEach(async () => {
      for (const session of this.#sessions.splice(0)) await session.end({ timeout: 0 });
      const admin = server.admin();
      for (const name of this.#names) await admin.unsafe(`drop database if exists ${identifier(name)} with (force)`);
      this.#names.clear();
      for (const role of this.#roles.splice(0).toReversed()) await admin.unsafe(`drop role ${identifier(role)}`);
      await this.fixture.remove();
    });
  }

  async admin(statement: string): Promise<postgres.RowList<postgres.Row[]>> {
    return await this.server.admin().unsafe(statement);
  }

  /** Has a database dropped when the test ends, whoever makes it. */
  expectName(name: string): string {
    this.#names.add(name);
    return name;
  }

  async make(name = `t_${randomBytes(6).toString("hex")}`, owner?: string): Promise<string> {
    const database = await createEmptyDatabase(this.server, { name: this.expectName(name), ...(owner === undefined ? {} : { owner }) });
    await database.sql.end({ timeout: 0 });
    return name;
  }

  /** A role with a password, and how the engine would sign in as it. */
  async role(attributes = "", label = "r"): Promise<{ name: string; address: ServerAddress }> {
    const name = `${label}_${randomBytes(5).toString("hex")}`;
    const password = randomBytes(9).toString("hex");
    await this.admin(`create role ${identifier(name)} login password ${literal(password)} ${attributes}`);
    this.#roles.push(name);
    return { name, address: addressOf(this.server, { username: name, password }) };
  }

  /** A session of the superuser, or of an address, that has done its first query. */
  async session(
    database: string,
    { username, password }: ServerAddress = this.address,
    applicationName = "visitor",
  ): Promise<postgres.Sql> {
    const { host, port } = this.server;
    const connection = { application_name: applicationName };
    const sql = postgres({ host, port, database, username, password: password ?? "", max: 1, onnotice: () => undefined, connection });
    this.#sessions.push(sql);
    await sql`select 1`;
    return sql;
  }

  async ids(...names: string[]): Promise<Map<string, number>> {
    return new Map(await this.fixture.engine.databaseIds(this.address, names, this.fixture.context));
  }

  /** A database, its sibling, and the names of a swap. */
  async prepare(owner?: string): Promise<Prepared> {
    const name = await this.make(undefined, owner);
    const sibling = await this.make(`${name}_restoring`, owner);
    const kept = this.expectName(`${name}_before`);
    const known = await this.ids(name, sibling);
    const [old, fresh] = [known.get(name)!, known.get(sibling)!];
    const swap = [
      { oid: old, from: name, to: kept },
      { oid: fresh, from: sibling, to: name },
    ];
    const undo = [
      { oid: fresh, from: name, to: sibling },
      { oid: old, from: kept, to: name },
    ];
    return { name, sibling, kept, old, fresh, swap, undo };
  }

  /** Who answers under which name: as before the swap, or after it. */
  before({ name, sibling, old, fresh }: Prepared): Map<string, number> {
    return new Map([
      [name, old],
      [sibling, fresh],
    ]);
  }

  after({ name, kept, old, fresh }: Prepared): Map<string, number> {
    return new Map([
      [name, fresh],
      [kept, old],
    ]);
  }

  async now({ name, sibling, kept }: Prepared): Promise<Map<string, number>> {
    return await this.ids(name, sibling, kept);
  }
}
