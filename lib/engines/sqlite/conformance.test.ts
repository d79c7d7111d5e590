import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe } from "vitest";
import { snapshotConformance } from "../snapshot-conformance-fixture.ts";
import { type Ground, type JournalMode, makeGround } from "./sqlite-fixture.ts";

describe.each<JournalMode>(["wal", "delete"])("a snapshot of a file (%s)", (mode) => {
  let ground: Ground;
  let path: string;
  beforeEach(async () => {
    ground = await makeGround();
    path = join(ground.root, "app.db");
    run(`pragma journal_mode = ${mode}; create table pets (id integer primary key); create table toys (id integer primary key);
      insert into pets values (1), (2), (3); insert into toys values (1)`);
  });
  afterEach(async () => {
    await ground.remove();
  });

  const run = (sql: string) => {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
  };

  snapshotConformance(() => ({
    open: (signal) => ground.engine.snapshot({ path, keepDamaged: false }, { ...ground.context(), signal }),
    addPet: () => Promise.resolve(run("insert into pets default values")),
    pets: 3,
    toys: 1,
  }));
});
