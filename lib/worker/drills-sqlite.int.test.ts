import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ground, makeDatabase, makeGround } from "#lib/engines/sqlite/sqlite-fixture";
import { createBackup } from "#lib/services/backups/run-now";
import { createSource } from "#lib/services/sources/create";
import { testContext, type TestContext } from "#lib/testing/context";
import { drillHand, failuresOf, verdictsOf } from "#lib/testing/drill-kit";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
let ground: Ground;
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let worker: Worker;

beforeAll(async () => {
  ground = await makeGround();
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context, sqliteDirs: [ground.root] });
  worker = await station.startWorker();
});

afterAll(async () => {
  await worker.stop();
  await test.drop();
  await station.remove();
  await ground.remove();
});

it("rehearses a file by itself: restored into the drill's own folder, compared, and removed", async () => {
  const path = join(ground.root, "shop.db");
  makeDatabase(path, { mode: "wal", fillerRows: 200 });
  const source = { engine: "sqlite" as const, path, name: "shop", environment: "development" as const, notes: "" };
  const { id: sourceId } = await createSource(context, { ...none, params: {}, body: source });
  const hand = drillHand(context);
  await expect(hand.start({ sourceId })).rejects.toMatchObject({ code: "drill-no-backup" });
  const { id: runId } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
  expect(await untilEnded(test.catalogue.db, runId)).toMatchObject({ state: "succeeded" });

  const { id } = await hand.start({ sourceId, unattended: true });
  const closed = await hand.until(id, "closed");
  expect(failuresOf(closed)).toEqual([]);
  expect(verdictsOf(closed)).toMatchObject({ "stream-checksum": "passed", "sqlite-integrity": "passed", content: "passed" });
  expect(closed).toMatchObject({ verdict: "passed", target: { type: "file" }, cleanUp: { files: 0, folders: 0 } });
  expect(closed.target?.name).toMatch(/^shop_drill_\d{8}_[0-9a-f]{6}\.db$/);
  expect(await readdir(join(dirname(station.tempDir), "sandboxes")).catch(() => [])).toEqual([]);
});
