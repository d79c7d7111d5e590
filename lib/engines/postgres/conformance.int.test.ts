import { afterAll, beforeEach } from "vitest";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { snapshotConformance } from "../snapshot-conformance-fixture.ts";
import { addressOf, engineFixture, type EngineFixture, snapshotRequest } from "./engine-fixture.ts";

function suite(server: TestServer) {
  const left: (() => Promise<void>)[] = [];
  let database: TestDatabase;
  let fixture: EngineFixture;
  beforeEach(async () => {
    const made = (database = await createEmptyDatabase(server));
    const bench = (fixture = await engineFixture([server.binDir]));
    await made.sql`create table pets as select i as id, repeat(md5(i::text), 10) as name from generate_series(1, 300) i`;
    await made.sql`create table toys as select 1 as id`;
    left.push(
      () => made.drop(),
      () => bench.remove(),
    );
  });
  afterAll(async () => {
    for (const remove of left) await remove();
  });

  snapshotConformance(() => ({
    open: (signal) => fixture.engine.snapshot(snapshotRequest(addressOf(server), database.name), { ...fixture.context, signal }),
    addPet: async () => void (await database.sql`insert into pets values (0, '')`),
    pets: 300,
    toys: 1,
  }));
}

describeOn(15, suite);
