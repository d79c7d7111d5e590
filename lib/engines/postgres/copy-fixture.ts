import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { TestDatabase, TestServer } from "#lib/testing/postgres";
import type { RestoreRequest, SnapshotRequest, SnapshotResult, TableDigest, TableRef } from "../port.ts";
import { addressOf, engineFixture, restoreRequest, snapshotRequest, writeSnapshot, type EngineFixture } from "./engine-fixture.ts";

export type Dumped = SnapshotResult & { readonly path: string };

/** For integration tests: dumps and restores on one server; what a test made is removed when it ends. */
export class CopyBench {
  readonly #server: TestServer;
  readonly #databases: TestDatabase[] = [];
  readonly #copies: string[] = [];
  fixture!: EngineFixture;

  constructor(server: TestServer) {
    this.#server = server;
    beforeEach(async () => {
      this.fixture = await engineFixture([server.binDir]);
    });
    afterEach(async () => {
      for (const name of this.#copies.splice(0)) await this.drop(name);
      for (const database of this.#databases.splice(0)) await database.drop();
      await this.fixture.remove();
    });
  }

  /** Has a database dropped when the test ends. */
  track(database: TestDatabase): TestDatabase {
    this.#databases.push(database);
    return database;
  }

  async drop(name: string): Promise<void> {
    await this.fixture.engine.dropDatabase(restoreRequest(addressOf(this.#server), name), this.fixture.context);
  }

  async dump(database: string, changes: Partial<SnapshotRequest> = {}): Promise<Dumped> {
    const request = snapshotRequest(addressOf(this.#server), database, changes);
    const snapshot = await this.fixture.engine.snapshot(request, this.fixture.context);
    const path = join(this.fixture.context.workDir, "stream");
    return { ...(await writeSnapshot(snapshot, path)), path };
  }

  async restore(dumped: Dumped, name: string, changes: Partial<RestoreRequest> = {}) {
    const { engine, context } = this.fixture;
    const request = restoreRequest(addressOf(this.#server), name, { properties: dumped.manifest.properties, ...changes });
    const seen: string[] = [];
    this.#copies.push(name);
    await engine.createDatabase(request, context);
    const loaded = await engine.load(dumped.path, request, (done, total, entry) => seen.push(`${done}/${total} ${entry}`), context);
    return { loaded, digests: sorted(await engine.digestCopy(request, context)), seen };
  }
}

/** Tables in one order, whatever order the archive has. */
export function sorted<T extends TableRef | TableDigest>(tables: readonly T[]): T[] {
  return tables.toSorted((a, b) => a.schema.localeCompare(b.schema) || a.table.localeCompare(b.table));
}

/**
 * Names that mean something to a shell, to libpq, to `getopt` or to SQL. Test files run at the same time on one server: each that makes databases of
 * such names has a mark of its own, which is the format's letter in the first one.
 */
export function hostileNames(mark: "p" | "c" | "t" | "d"): readonly string[] {
  return [
    `-F${mark}`,
    `dbname=postgres user=${mark}`,
    `postgresql://evil/${mark}`,
    `q'uo"te${mark}`,
    `../${mark}`,
    { p: "--help", c: "--version", t: "--list", d: "--clean" }[mark],
    `$(id ${mark})`,
    `new\nline ${mark}`,
    "x".repeat(62) + mark,
    `🛟${mark}`,
    `a=${mark}`,
    `x"; drop ${mark}`,
    `Ñandú 表 ${mark}`,
    `a.${mark}`,
    `p*?$|(${mark})+`,
    `back\\slash${mark}`,
  ];
}
