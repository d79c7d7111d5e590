import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testServer } from "#lib/testing/postgres";
import { createReplaceKit, type ReplaceKit } from "#lib/testing/replace-kit";
import { inDatabase, markerOf } from "#lib/testing/replaceable";

const server = testServer(15);
let kit: ReplaceKit;

beforeAll(async () => {
  kit = await createReplaceKit(server);
});

afterAll(async () => {
  await kit.close();
});

it("never removes a database that somebody else has made under the name of a failed restore's database", async () => {
  const target = await kit.backedUp();
  const copy = `${target.live.name}_copy`;
  // While the copy is read back somebody drops it, and makes a database of their own of the same name.
  const taken = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: {
      ...deps.engine,
      digestCopy: async () => {
        await server.admin().unsafe(`drop database ${copy} with (force)`);
        await server.admin().unsafe(`create database ${copy}`);
        await inDatabase(server, copy, async (sql) => {
          await sql.unsafe("create table marker (text text not null); insert into marker values ('theirs')");
        });
        return [];
      },
    },
  });
  await kit.withWorker(async () => {
    const { ended, restoreId } = await kit.replace(target, { mode: "new", database: copy });
    expect(ended).toMatchObject({ state: "failed", error: { code: "restore-differs" } });
    expect((await kit.look(restoreId)).outcome).toBe("removed");
  }, taken);
  expect(await markerOf(server, copy)).toBe("theirs");
});

it("removes nothing behind an address that leads to another server by now, whatever its object id", async () => {
  const target = await kit.backedUp();
  const copy = `${target.live.name}_copy`;
  let asked = 0;
  const moved = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: {
      ...deps.engine,
      digestCopy: () => Promise.resolve([]),
      clusterId: async (...args) => ((asked += 1) === 1 ? deps.engine.clusterId(...args) : "42"),
    },
  });
  await kit.withWorker(async () => {
    expect((await kit.replace(target, { mode: "new", database: copy })).ended.error?.code).toBe("restore-differs");
  }, moved);
  expect(await markerOf(server, copy)).toBe("backup");
});
