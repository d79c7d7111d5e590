import { afterAll, beforeAll, expect, it } from "vitest";
import { dieEverywhere, fewestDeaths } from "#lib/testing/die-everywhere";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import type { KillKind } from "#lib/testing/kill-kinds";
import { cleanUpKind, inPlaceKind, replaceKind, undoKind } from "#lib/testing/replace-kinds";

let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
});
afterAll(() => ground.close());

/** Each made once: preparing one takes several runs. */
const once = (make: (of: KillGround) => KillKind) => {
  let made: KillKind | null = null;
  return () => (made ??= make(ground));
};
const critical = { replace: once(replaceKind), "in-place": once(inPlaceKind), undo: once(undoKind) };

it("has the old or the new database under the name, whole, wherever a worker dies in a replacement, and the row says which", async () => {
  const passes = ["engine.createDatabase done", "engine.digestCopy done", "engine.followDatabase done", "engine.renameDatabases done"];
  // The safety backup before it is a backup like any other.
  expect(await dieEverywhere(ground, replaceKind(ground), passes, "engine.inspectTarget")).toBeGreaterThanOrEqual(fewestDeaths);
});

it("has all of the old or all of the new contents wherever a worker dies in a replacement in place, and the row says which", async () => {
  const passes = ["engine.loadInPlace done", "engine.digestCopy done"];
  expect(await dieEverywhere(ground, inPlaceKind(ground), passes, "engine.inspectTarget")).toBeGreaterThanOrEqual(fewestDeaths);
});

it.each([
  ["replace", "engine.createDatabase done", "old"],
  ["replace", "engine.renameDatabases", "old"],
  ["replace", "engine.renameDatabases done", "new"],
  ["in-place", "engine.loadInPlace", "old"],
  ["in-place", "engine.loadInPlace done", "new"],
  ["undo", "engine.renameDatabases", "new"],
  ["undo", "engine.renameDatabases done", "undone"],
] as const)(
  "says of a worker that died in %s before “%s” that the %s database answers",
  async (name, point, answers) => {
    await ground.workIn("mortals");
    const kind = critical[name]();
    await kind.prepare?.();
    const runId = await ground.die(point, kind.start);
    const { sql } = ground.test.catalogue;
    const read = async () => {
      const [row] = await sql<{ answers: string; state: string; told: boolean }[]>`
      select p.answers, r.state, exists (
        select 1 from lifeboat.audit_events a where a.action in ('restore.replace', 'restore.undo') and a.after ->> 'runId' = r.id
      ) as told
      from lifeboat.runs r
      join lifeboat.restores t on t.id = r.restore_id
      join lifeboat.replacements p on p.restore_id = t.id
      where r.id = ${runId}`;
      return row;
    };
    const isDone = point.endsWith(" done") && !point.includes("create");
    await expect.poll(read).toEqual({ answers, state: "failed", told: isDone });
    await kind.judge(runId, null);
  },
  120_000,
);

it("fails a replacement whose worker died in its safety backup, and touches nothing", async () => {
  await ground.workIn("mortals");
  const kind = critical.replace();
  await kind.prepare?.();
  const runId = await ground.die("engine.snapshot.finish", kind.start);
  await kind.judge(runId, null);
  const [run] = await ground.test.catalogue.sql`select state, error ->> 'code' as code from lifeboat.runs where id = ${runId}`;
  expect(run).toMatchObject({ state: "failed", code: "safety-backup-failed" });
});

it("has the one or the other under the name wherever a worker dies in an undo, and keeps the other beside it", async () => {
  expect(await dieEverywhere(ground, undoKind(ground), ["engine.renameDatabases done"])).toBeGreaterThanOrEqual(fewestDeaths);
});

it("has what was kept whole, or gone and told so, wherever a worker dies in a clean-up", async () => {
  expect(await dieEverywhere(ground, cleanUpKind(ground), ["engine.dropDatabaseById done"])).toBeGreaterThanOrEqual(fewestDeaths);
});
