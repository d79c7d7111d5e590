import postgres from "postgres";
import { verifyBackup } from "#lib/services/backups/verify";
import { backUp, dropPack, packOf } from "../packs.ts";
import { nothing, type Part } from "../part.ts";
import { type Line, limitLine, mebibytes } from "../report.ts";
import { timeRun } from "../runs.ts";
import { runSqlFile, type Station } from "../station.ts";

const most = 300 * 1024 * 1024;
const largeDatabase = "bench_large";
/** Copies of the largest table that make a stream of about 5 GB. */
const copies = 11;

/** A database whose dump is about 5 GB: the measured one, with its largest table copied. */
async function makeLarge(station: Station): Promise<void> {
  const admin = postgres(station.server.url("postgres"), { max: 1, onnotice: () => undefined });
  await admin`create database ${admin(largeDatabase)}`;
  await admin.end();
  await runSqlFile(station, largeDatabase, "database.sql", 1);
  const sql = postgres(station.server.url(largeDatabase), { max: 1, onnotice: () => undefined });
  for (let copy = 1; copy <= copies; copy += 1) await sql`create table ${sql(`events_${copy}`)} as select * from events`;
  await sql.end();
}

/** Peak resident memory of a fresh worker process: while it backs up, and while it verifies. */
async function peaks(station: Station, sourceId: string): Promise<Line[]> {
  const worker = await station.startWorker();
  const idle = await worker.residentBytes();
  const { backupId } = await backUp(station, sourceId);
  const backingUp = await worker.peakBytes();
  const { streamBytes } = await packOf(station, backupId);
  await worker.forgetPeak();
  await timeRun(station, () => verifyBackup(station.context, { ...nothing, params: { id: backupId } }));
  const verifying = await worker.peakBytes();
  await worker.stop();
  await dropPack(station, backupId);
  const size = `${(streamBytes / 1e9).toFixed(1)} GB`;
  const line = (what: string, value: number) =>
    limitLine({ part: "memory", what, value, most, show: mebibytes, sides: `idle before: ${mebibytes(idle)}` });
  return [line(`worker's peak, backup of a stream of ${size}`, backingUp), line(`worker's peak, verification of ${size}`, verifying)];
}

/** Is memory bounded, and the same for any size of stream? */
export const memory: Part = async ({ station, sourceId, isQuick, say }) => {
  const lines = await peaks(station, sourceId);
  if (isQuick) return lines;
  say("  generating a database of 5 GB …");
  await makeLarge(station);
  return [...lines, ...(await peaks(station, await station.protect(largeDatabase)))];
};
