import { afterAll, beforeAll, expect, it } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import { createRestore } from "#lib/services/restores/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testServer } from "#lib/testing/postgres";
import { createReplaceKit, type ReplaceKit } from "#lib/testing/replace-kit";
import { untilEnded } from "#lib/testing/worker-setup";

const server = testServer(15);
let kit: ReplaceKit;

beforeAll(async () => {
  kit = await createReplaceKit(server);
});
afterAll(() => kit.close());

/** A worker that is lost right after it created a database, and whose removal of it was killed half-way: nobody can connect to it any more. */
const halfDropping = (deps: WorkerDeps): WorkerDeps => ({
  ...deps,
  engine: {
    ...deps.engine,
    createDatabase: async (request, engineContext) => {
      await deps.engine.createDatabase(request, engineContext);
      await server.admin()`update pg_database set datconnlimit = -2 where datname = ${request.database}`;
      throw new LifeboatError("connection-lost", { host: server.host, port: server.port });
    },
  },
});

it.each([
  ["a replacement", {}, ""],
  ["a restore to a new name", { mode: "new" }, "_copy"],
] as const)("of %s is removed all the same, and the restore is settled", async (_, change, suffix) => {
  const target = await kit.backedUp();
  const { name } = target.live;
  await kit.withWorker(async () => {
    const body = kit.order(target, { ...change, database: `${name}${suffix}` });
    const { run, restoreId } = await createRestore(kit.context, { query: {}, ifMatch: null, params: {}, body });
    expect(await untilEnded(kit.db, run.id)).toMatchObject({ state: "failed", error: { code: "connection-lost" } });
    await expect.poll(async () => (await kit.look(restoreId)).outcome).toBe("removed");
  }, halfDropping);
  expect(await kit.databasesLike(name)).toEqual([name]);
});
