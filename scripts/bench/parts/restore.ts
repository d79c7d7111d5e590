import { rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { createRestore as restoreContract } from "#lib/contracts/restores";
import { createRestore } from "#lib/services/restores/start";
import { alternate, median, timed } from "../clock.ts";
import { backUp, dropPack, packOf } from "../packs.ts";
import { nothing, type Part } from "../part.ts";
import { run } from "../process.ts";
import { ratioLine, seconds } from "../report.ts";
import { timeRun } from "../runs.ts";
import { type Station } from "../station.ts";

const jobs = 2;

async function dropDatabase({ server }: Station, name: string): Promise<void> {
  const sql = postgres(server.url("postgres"), { max: 1, onnotice: () => undefined });
  try {
    await sql`drop database if exists ${sql(name)} with (force)`;
    // Both sides begin with what the other one left written out.
    await sql`checkpoint`;
  } finally {
    await sql.end();
  }
}

/** A restore up to the loaded database, every hash checked before the first statement, against `pg_restore -j` of the same archive. */
export const restore: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const { backupId } = await backUp(station, sourceId);
  const { path } = await packOf(station, backupId);
  const archive = join(station.folder, "archive.dump");
  await run("zstd", ["-q", "-d", path, "-o", archive]);
  const bin = (name: string) => join(station.server.binDir, name);
  const compares: number[] = [];
  const spools: number[] = [];
  const ours = async () => {
    const database = "restored_by_lifeboat";
    const body = restoreContract.body.parse({ backupId, serverId: station.serverId, database, jobs });
    const made = await timeRun(station, async () => (await createRestore(station.context, { ...nothing, body })).run);
    compares.push(made.steps["compare"] ?? 0);
    spools.push(made.steps["spool"] ?? 0);
    await dropDatabase(station, database);
    return made.seconds - compares.at(-1)!;
  };
  const theirs = async () => {
    const database = "restored_by_pg_restore";
    const env = station.toolEnv(database);
    const took = await timed(async () => {
      await run(bin("createdb"), ["--template=template0", database], env);
      await run(bin("pg_restore"), ["-d", database, "-j", String(jobs), archive], env);
    });
    await dropDatabase(station, database);
    return took;
  };
  const took = await alternate(rounds, { ours, theirs }, say);
  await dropPack(station, backupId);
  await rm(archive);
  await worker.stop();
  const part = "restore";
  const told = (what: string, values: readonly number[]) => ({
    part,
    what,
    bound: null,
    measured: seconds(median(values.slice(1))),
    reached: null,
    sides: "",
  });
  return [
    ratioLine({ part, what: "restore, hash check included : `pg_restore -j 2`", ...took, most: 1.1 }),
    told("of which decoding and checking every hash before the first statement", spools),
    told("after it, not in the ratio: the exact comparison of the copy with the backup", compares),
  ];
};
