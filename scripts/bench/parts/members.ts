import { rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { createRestore as restoreContract } from "#lib/contracts/restores";
import { createRestore } from "#lib/services/restores/start";
import { alternate, median, timed } from "../clock.ts";
import { backUp, packOf } from "../packs.ts";
import { nothing, type Part } from "../part.ts";
import { decodeWithStockTools, run } from "../process.ts";
import { limitLine, mebibytes, ratioLine, shareLine, toldLine } from "../report.ts";
import { timeRun } from "../runs.ts";
import { sourceDatabase, type Station } from "../station.ts";
import { decodeOurs, rebuildOurs } from "../rebuild.ts";

const part = "members";
const memberCount = 6;

/** Changes 1 % of the rows of every table, in one clustered place of each; another place at each call. */
function createChanger(station: Station) {
  let place = 0;
  return async () => {
    place = (place + 7) % 90;
    const sql = postgres(station.server.url(sourceDatabase), { max: 1, onnotice: () => undefined });
    const share = async (table: string, key: string, set: string) => {
      const [{ low, high } = { low: 0, high: 0 }] = await sql.unsafe<{ low: number; high: number }[]>(
        `select min(${key})::float8 as low, max(${key})::float8 as high from ${table}`,
      );
      const from = Math.floor(low + ((high - low) * place) / 100);
      await sql.unsafe(`update ${table} set ${set} where ${key} >= ${from} and ${key} < ${Math.ceil(from + (high - low) / 100)}`);
    };
    await share("customers", "id", "balance = balance + 1");
    await share("events", "id", "amount = amount + 1");
    await share("documents", "id", "title = title || ' again'");
    await share("measurements", "extract(epoch from at)", "value = value + 1");
    await sql`checkpoint`;
    await sql.end();
  };
}

async function restoreTime(station: Station, backupId: string): Promise<number> {
  const database = "restored_member";
  const body = restoreContract.body.parse({ backupId, serverId: station.serverId, database, jobs: 2 });
  const made = await timeRun(station, async () => (await createRestore(station.context, { ...nothing, body })).run);
  const sql = postgres(station.server.url("postgres"), { max: 1, onnotice: () => undefined });
  await sql`drop database ${sql(database)} with (force)`;
  await sql`checkpoint`;
  await sql.end();
  return made.seconds - (made.steps["compare"] ?? 0);
}

/** Members of a chain: what an incremental costs and stores, and what it costs to have one back. */
export const members: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const idle = await worker.residentBytes();
  const change = createChanger(station);
  const full = await packOf(station, (await backUp(station, sourceId)).backupId);
  const pgDump = () => timed(() => run(join(station.server.binDir, "pg_dump"), ["-Fc", "-Z0"], station.toolEnv(sourceDatabase)));
  const stored: number[] = [];
  const rereads: number[] = [];
  const incremental = async () => {
    await change();
    const made = await backUp(station, sourceId, "incremental");
    stored.push((await packOf(station, made.backupId)).storedBytes);
    rereads.push(made.steps["reread"] ?? 0);
    return made.seconds;
  };
  await worker.forgetPeak();
  const changed = await alternate(rounds, { ours: incremental, theirs: pgDump }, say);
  const unchangedTimes: number[] = [];
  const unchanged = await alternate(
    rounds,
    {
      ours: async () => {
        const made = await backUp(station, sourceId, "incremental");
        unchangedTimes.push((await packOf(station, made.backupId)).storedBytes);
        return made.seconds;
      },
      theirs: pgDump,
    },
    say,
  );
  const peak = await worker.peakBytes();

  say("  a chain of full, differential and six incrementals, and a full of the same database …");
  await backUp(station, sourceId);
  await change();
  let last = (await backUp(station, sourceId, "differential")).backupId;
  for (let made = 0; made < memberCount; made += 1) {
    await change();
    last = (await backUp(station, sourceId, "incremental")).backupId;
  }
  const same = (await backUp(station, sourceId)).backupId;
  const samePack = await packOf(station, same);
  await worker.forgetPeak();
  const restored = await alternate(
    Math.min(rounds, 3),
    { ours: () => restoreTime(station, last), theirs: () => restoreTime(station, same) },
    say,
  );
  const restorePeak = await worker.peakBytes();
  await worker.stop();
  const rebuilt = await alternate(
    rounds,
    {
      ours: () => timed(() => rebuildOurs(station, last)),
      download: () => timed(() => decodeOurs(station, last)),
      theirs: () => timed(() => decodeWithStockTools(samePack.path)),
    },
    say,
  );
  const { download, theirs } = rebuilt;
  await rm(samePack.path, { force: true });
  return [
    ratioLine({ part, what: "incremental after 1 % of the rows changed, clustered : `pg_dump -Fc -Z0` to nowhere", ...changed, most: 1.1 }),
    shareLine({ part, what: "its stored bytes : the full's", bytes: median(stored.slice(1)), of: full.storedBytes, most: 0.03 }),
    ratioLine({ part, what: "incremental of an unchanged database : `pg_dump -Fc -Z0` to nowhere", ...unchanged, most: 1.1 }),
    shareLine({ part, what: "its stored bytes : the full's", bytes: median(unchangedTimes.slice(1)), of: full.storedBytes, most: 0.001 }),
    ratioLine({ part, what: "restore of full + differential + 6 incrementals : of a full of the same database", ...restored, most: 1.05 }),
    ratioLine({
      part,
      what: "rebuilding a member's stream as restores do, all hashes : `zstd -dc \\| openssl sha256` of a full of it",
      ...rebuilt,
      most: 1.25,
    }),
    ratioLine({ part, what: "the same as a download does : `zstd -dc \\| openssl sha256`", ours: download, theirs, most: 1.25 }),
    limitLine({
      part,
      what: "worker's peak, incrementals",
      value: peak,
      most: 300 * 1024 ** 2,
      show: mebibytes,
      sides: `idle before: ${mebibytes(idle)}`,
    }),
    limitLine({ part, what: "worker's peak, restore of a member", value: restorePeak, most: 300 * 1024 ** 2, show: mebibytes }),
    toldLine(part, "re-read of an incremental's pack", `${median(rereads.slice(1)).toFixed(2)} s`),
  ];
};
