import { afterAll, beforeAll, expect, it } from "vitest";
import { dieEverywhere, fewestDeaths } from "#lib/testing/die-everywhere";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import { cleanUpKind, inPlaceKind, replaceKind, undoKind } from "#lib/testing/replace-kinds";

let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
});
afterAll(() => ground.close());

it("has the old or the new database under the name, whole, wherever a worker dies in a replacement, and the row says which", async () => {
  const passes = ["engine.createDatabase done", "engine.digestCopy done", "engine.followDatabase done", "engine.renameDatabases done"];
  // The safety backup before it is a backup like any other.
  expect(await dieEverywhere(ground, replaceKind(ground), passes, "engine.inspectTarget")).toBeGreaterThanOrEqual(fewestDeaths);
}, 300_000);

it("has all of the old or all of the new contents wherever a worker dies in a replacement in place, and the row says which", async () => {
  const passes = ["engine.loadInPlace done", "engine.digestCopy done"];
  expect(await dieEverywhere(ground, inPlaceKind(ground), passes, "engine.inspectTarget")).toBeGreaterThanOrEqual(fewestDeaths);
}, 300_000);

it("fails a replacement whose worker died in its safety backup, and touches nothing", async () => {
  await ground.workIn("mortals");
  const kind = replaceKind(ground);
  const runId = await ground.die("engine.snapshot.finish", kind.start);
  await kind.judge(runId, null);
  const [run] = await ground.test.catalogue.sql`select state, error ->> 'code' as code from lifeboat.runs where id = ${runId}`;
  expect(run).toMatchObject({ state: "failed", code: "safety-backup-failed" });
}, 120_000);

it("has the one or the other under the name wherever a worker dies in an undo, and keeps the other beside it", async () => {
  expect(await dieEverywhere(ground, undoKind(ground), ["engine.renameDatabases done"])).toBeGreaterThanOrEqual(fewestDeaths);
}, 300_000);

it("has what was kept whole, or gone and told so, wherever a worker dies in a clean-up", async () => {
  expect(await dieEverywhere(ground, cleanUpKind(ground), ["engine.dropDatabaseById done"])).toBeGreaterThanOrEqual(fewestDeaths);
}, 300_000);
