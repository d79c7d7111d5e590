import { execFileSync } from "node:child_process";
import { eq } from "drizzle-orm";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { restores } from "#lib/db/schema/restores";
import { countWriters } from "#lib/engines/sqlite/open-by";
import { type Ground, makeDatabase, makeGround } from "#lib/engines/sqlite/sqlite-fixture";
import { createBackup } from "#lib/services/backups/run-now";
import { insertFileSource } from "#lib/services/sources/create-file";
import { createRestore } from "#lib/services/restores/start";
import { dieEverywhere, fewestDeaths } from "#lib/testing/die-everywhere";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import type { KillKind } from "#lib/testing/kill-kinds";
import { restoreOrder } from "#lib/testing/restore-order";
import { loadRun, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
let files: Ground;
let ground: KillGround;
let path: string;
let sourceId: string;

beforeAll(async () => {
  files = await makeGround();
  ground = await createKillGround({ sqliteDirs: [files.root] });
  path = join(files.root, "app.db");
  makeDatabase(path, { mode: "wal", fillerRows: 50 });
  const values = { name: "App", environment: "development", notes: "", retentionPolicyId: null, sizeBytes: null, path } as const;
  sourceId = (await ground.db.transaction((tx) => insertFileSource(tx, ground.context, values))).id;
});
afterAll(async () => {
  await ground.close();
  await files.remove();
});

const backUp = async () =>
  (await createBackup(ground.context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } })).id;

/** The whole content as SQL, by the stock tool; its own check beside it. */
function contentOf(): string {
  expect(execFileSync("sqlite3", [path, "pragma integrity_check"]).toString().trim()).toBe("ok");
  return execFileSync("sqlite3", [path, ".dump"], { maxBuffer: 2 ** 28 }).toString();
}

/**
 * A killed worker's child holds its locks until it sees that nobody is there any more. Null: other users' processes cannot be looked at, and none
 * of ours is left.
 */
const untilLetGo = () => expect.poll(async () => (await countWriters(path)) ?? 0, { interval: 20 }).toBe(0);

function write(): void {
  const db = new DatabaseSync(path);
  db.exec("insert into moves (at) values ('written')");
  db.close();
}

const inFolder = () => readdirSync(files.root).filter((name) => name !== "own" && name !== "app.db");

function backupKind(): KillKind {
  let content = "";
  return {
    name: "file backup",
    workers: "mortals",
    start: () => {
      content = contentOf();
      return backUp();
    },
    judge: async (runId) => {
      await untilLetGo();
      const run = await loadRun(ground.db, runId);
      const made = await ground.db.select().from(backups).where(eq(backups.runId, runId));
      expect(made).toHaveLength(run.backupId === null ? 0 : 1);
      expect(run.error?.code).toBe(run.state === "succeeded" ? undefined : "worker-lost");
      expect(contentOf()).toBe(content);
    },
  };
}

function replaceKind(): KillKind {
  let backupId = "";
  let wanted = "";
  let live = "";
  return {
    name: "file replace",
    workers: "mortals",
    prepare: async () => {
      wanted = contentOf();
      await ground.rehearse(async () => {
        const id = await backUp();
        backupId = (await untilEnded(ground.db, id)).backupId ?? "";
        return id;
      });
    },
    start: async () => {
      write();
      live = contentOf();
      const body = restoreOrder({ backupId, targetPath: path, mode: "replace", confirmName: "app" });
      return (await createRestore(ground.context, { ...none, params: {}, body })).run.id;
    },
    judge: async (runId) => {
      await untilLetGo();
      const [restore] = await ground.db.select().from(restores).where(eq(restores.runId, runId));
      const content = contentOf();
      expect(content).toBe(restore?.outcome === "replaced" ? wanted : live);
      expect(["replaced", "removed"]).toContain(restore?.outcome);
      expect(inFolder()).toEqual([]);
    },
  };
}

it("is reconciled wherever a worker dies in the backup of a file: whole or gone, and the file as it was", async () => {
  expect(await dieEverywhere(ground, backupKind(), ["files.snapshot done", "files.snapshot.finish done"])).toBeGreaterThanOrEqual(
    fewestDeaths,
  );
});

it("leaves the old file or the new one, whole, wherever a worker dies in a restore in place, and the restore says which", async () => {
  const points = ["files.seal done", "files.replace done", "files.check done"];
  expect(await dieEverywhere(ground, replaceKind(), points, "files.inspectTarget")).toBeGreaterThanOrEqual(fewestDeaths);
});
