// `npm run bench`: measures Lifeboat against stock tools on a database that it generates, prints the table and puts it into
// docs/benchmarks.md. `--only backup,verify` runs some parts (the others' rows stay), `--quick` leaves out the stream of 5 GB;
// `--rounds n` and `--scale n` are for looking at something quickly, and write nothing.
import { readFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import postgres from "postgres";
import type { Part } from "./part.ts";
import { backup } from "./parts/backup.ts";
import { download } from "./parts/download.ts";
import { drill } from "./parts/drill.ts";
import { list } from "./parts/list.ts";
import { members } from "./parts/members.ts";
import { memory } from "./parts/memory.ts";
import { page } from "./parts/page.ts";
import { restore } from "./parts/restore.ts";
import { rivals } from "./parts/rivals.ts";
import { schedules } from "./parts/schedules.ts";
import { sqlite } from "./parts/sqlite.ts";
import { stale } from "./parts/stale.ts";
import { verify } from "./parts/verify.ts";
import { describeMachine, type Line, markdownRows, updateDocument } from "./report.ts";
import { root } from "./root.ts";
import { openStation, runSqlFile, sourceDatabase, type Station } from "./station.ts";

/** In this order: the last two fill the catalogue. */
const parts: Readonly<Record<string, Part>> = {
  backup,
  verify,
  download,
  restore,
  drill,
  members,
  sqlite,
  rivals,
  memory,
  stale,
  schedules,
  list,
  page,
};
const withoutDatabase = new Set(["sqlite", "stale", "schedules", "list", "page"]);
const documentPath = join(root, "docs", "benchmarks.md");
const say = (line: string) => console.log(line);

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    scale: { type: "string" },
  },
});

async function generate(station: Station, scale: number): Promise<void> {
  say("Generating the database …");
  const sql = postgres(station.server.url("postgres"), { max: 1, onnotice: () => undefined });
  await sql`create database ${sql(sourceDatabase)}`;
  await sql.end();
  await runSqlFile(station, sourceDatabase, "database.sql", scale);
}

async function measure(station: Station, names: readonly string[]): Promise<Line[]> {
  if (names.some((name) => !withoutDatabase.has(name))) await generate(station, Number(values.scale ?? 1));
  const sourceId = await station.protect(sourceDatabase);
  const lines: Line[] = [];
  for (const name of names) {
    say(`── ${name} ──`);
    const found = await parts[name]!({
      station,
      sourceId,
      rounds: Number(values.rounds ?? 5),
      isQuick: values.quick,
      scale: Number(values.scale ?? 1),
      say,
    });
    for (const { what, measured, bound } of found) say(`  ${what}: ${measured}${bound === null ? "" : ` (${bound})`}`);
    lines.push(...found);
  }
  return lines;
}

async function main(): Promise<void> {
  const order = Object.keys(parts);
  const chosen = values.only?.split(",") ?? order;
  const unknown = chosen.filter((name) => parts[name] === undefined);
  if (unknown.length > 0) throw new Error(`unknown part: ${unknown.join(", ")}; there are ${order.join(", ")}`);
  const names = order.filter((name) => chosen.includes(name));
  const station = await openStation();
  const onSignal = () => void station.stop().then(() => process.exit(130));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    const loadBefore = loadavg()[0]!.toFixed(1);
    const lines = await measure(station, names);
    const machine = describeMachine(station.server.binDir, station.folder);
    const rows = markdownRows(lines, `${new Date().toISOString().slice(0, 10)}, load ${loadBefore}`);
    say(`\n${machine.join("\n")}\n\n${rows.join("\n")}`);
    if (values.rounds !== undefined || values.scale !== undefined) return;
    const text = await readFile(documentPath, "utf8");
    await writeFile(documentPath, updateDocument(text, machine, rows, order));
    say(`\nWritten to ${documentPath}.`);
  } finally {
    await station.stop();
  }
}

await main();
process.exit();
