import { cp, mkdir, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sourceInput } from "#lib/contracts/sources";
import { createSource } from "#lib/services/sources/create";
import { alternate, median, timed } from "../clock.ts";
import { backUp, packOf } from "../packs.ts";
import { nothing, type Part } from "../part.ts";
import { run } from "../process.ts";
import { limitLine, mebibytes, ratioLine, shareLine } from "../report.ts";

const part = "sqlite";
const pageBytes = 4096;
const rowsPerBatch = 20_000;

/** A file of about `bytes`: rows of mixed text, as an application's tables are; reproducible. */
function makeFile(path: string, bytes: number): void {
  const db = new DatabaseSync(path);
  db.exec(
    `pragma page_size = ${pageBytes}; pragma journal_mode = wal; create table notes (id integer primary key, title text, body text, at integer)`,
  );
  const insert = db.prepare(`
    with recursive n(i) as (select ?1 union all select i + 1 from n where i < ?1 + ${rowsPerBatch - 1})
    insert into notes select i, 'note ' || i, hex(i * 2654435761) || ' ' || substr(hex(i * 40503 * 7919) || ' the quick harbour ' || hex(i * i), 1, 60) ||
      ' invoice ' || (i * 31 % 977) || ' shipped from warehouse ' || (i % 41) || ' ' || hex(i * 104729 * 31), i * 1000 from n`);
  for (let next = 1; ; next += rowsPerBatch) {
    insert.run(next);
    const { pages } = db.prepare("select page_count as pages from pragma_page_count").get() as { pages: number };
    if (pages * pageBytes >= bytes) break;
  }
  db.exec("pragma wal_checkpoint(truncate)");
  db.close();
}

/** Changes rows on 0.1 % of the pages, scattered over the whole file; other ones at each call. */
function createChanger(path: string) {
  let turn = 0;
  return () => {
    turn += 1;
    const db = new DatabaseSync(path);
    const { pages, rows } = db
      .prepare("select (select page_count from pragma_page_count) as pages, (select max(id) from notes) as rows")
      .get() as { pages: number; rows: number };
    const wanted = Math.round(pages / 1000);
    const update = db.prepare("update notes set at = at + 1 where id = ?");
    db.exec("begin");
    for (let n = 0; n < wanted; n += 1) update.run(1 + ((Math.floor((n * rows) / wanted) + turn * 7919) % rows));
    db.exec("commit");
    db.exec("pragma wal_checkpoint(truncate)");
    db.close();
  };
}

/** An SQLite file of 1 GB with few changes, against copying it and compressing the copy. */
export const sqlite: Part = async ({ station, rounds, say, scale }) => {
  const folder = join(station.folder, "sqlite");
  await mkdir(folder);
  const path = join(folder, "notes.db");
  say("  making an SQLite file of 1 GB …");
  makeFile(path, 1024 ** 3 * scale);
  const { size } = await stat(path);
  // A worker looks at the file before it becomes a source.
  const worker = await station.startWorker([], { LIFEBOAT_SQLITE_DIRS: folder });
  const body = sourceInput.parse({ engine: "sqlite", path, name: "notes", retentionPolicyId: null });
  const { id: sourceId } = await createSource(station.context, { ...nothing, body });
  const full = await packOf(station, (await backUp(station, sourceId)).backupId);
  const change = createChanger(path);
  const stored: number[] = [];
  const copy = join(folder, "copy.db");
  await worker.forgetPeak();
  const took = await alternate(
    rounds,
    {
      ours: async () => {
        change();
        const made = await backUp(station, sourceId, "incremental");
        stored.push((await packOf(station, made.backupId)).storedBytes);
        return made.seconds;
      },
      theirs: () =>
        timed(async () => {
          await cp(path, copy);
          await run("zstd", ["-1", "-q", "-f", copy, "-o", `${copy}.zst`]);
          const file = await open(`${copy}.zst`, "r+");
          await file.sync();
          await file.close();
        }),
    },
    say,
  );
  const peak = await worker.peakBytes();
  await worker.stop();
  await rm(folder, { recursive: true });
  return [
    ratioLine({
      part,
      what: `incremental of ${mebibytes(size)} with 0.1 % of the pages changed, scattered : copy and \`zstd -1\``,
      ...took,
      most: 2,
    }),
    shareLine({ part, what: "its stored bytes : the full's", bytes: median(stored.slice(1)), of: full.storedBytes, most: 0.05 }),
    limitLine({ part, what: "worker's peak", value: peak, most: 300 * 1024 ** 2, show: mebibytes }),
  ];
};
