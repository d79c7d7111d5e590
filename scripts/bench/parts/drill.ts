import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { startDrill as contract } from "#lib/contracts/drills";
import { startDrill } from "#lib/services/drills/start";
import { alternate, median, timed } from "../clock.ts";
import { backUp, dropPack, packOf } from "../packs.ts";
import { nothing, type Part } from "../part.ts";
import { run } from "../process.ts";
import { ratioLine, seconds } from "../report.ts";
import type { Station } from "../station.ts";

const jobs = 2;
const pollMs = 10;

/** A whole drill by itself, from the click to the signed report. Throws when it did not pass with every table's digest compared. */
async function drillOnce(
  { catalogue: { sql }, context }: Station,
  sourceId: string,
): Promise<{ seconds: number; steps: Record<string, number> }> {
  const startedMs = performance.now();
  const { id } = await startDrill(context, { ...nothing, body: contract.body.parse({ sourceId, unattended: true }) });
  for (;;) {
    const [row] = await sql<{ state: string; verdict: string | null; problem: unknown }[]>`
      select state, verdict, problem from lifeboat.drills where id = ${id}`;
    if (row?.state === "closed" || row?.state === "aborted") {
      const took = (performance.now() - startedMs) / 1000;
      const checks = await sql<{ type: string; state: string; expected: string; actual: string; evidence: string }[]>`
        select type, state, expected, actual, evidence from lifeboat.drill_checks where drill_id = ${id}`;
      const failed = checks
        .filter(({ state }) => state === "failed")
        .map(({ type, expected, actual, evidence }) => `${type} (${expected} / ${actual}: ${evidence.slice(0, 500)})`);
      const compared = checks.some(({ type, state }) => type === "content" && state === "passed");
      if (row.verdict === "failed" || !compared)
        throw new Error(`the drill ended as ${row.verdict}: ${failed.join(", ")} ${JSON.stringify(row.problem)}`);
      return { seconds: took, steps: await stepsOf(sql, id) };
    }
    await delay(pollMs);
  }
}

async function stepsOf(sql: postgres.Sql, drillId: string): Promise<Record<string, number>> {
  const rows = await sql<{ code: string; seconds: number }[]>`
    select code, sum(coalesce(extract(epoch from s.finished_at - s.started_at), 0))::float8 as seconds
    from lifeboat.run_steps s join lifeboat.runs r on r.id = s.run_id where r.drill_id = ${drillId} group by code`;
  return Object.fromEntries(rows.map(({ code, seconds: took }) => [code, took]));
}

/** A whole drill, with counts and digests of every table, against a bare `pg_restore -j` of the same archive into a running server. */
export const drill: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const { backupId } = await backUp(station, sourceId);
  const { path } = await packOf(station, backupId);
  const archive = join(station.folder, "drill.dump");
  await run("zstd", ["-q", "-d", path, "-o", archive]);
  const bin = (name: string) => join(station.server.binDir, name);
  const steps: Record<string, number>[] = [];
  const admin = postgres(station.server.url("postgres"), { max: 1, onnotice: () => undefined });
  const ours = async () => {
    const made = await drillOnce(station, sourceId);
    steps.push(made.steps);
    return made.seconds;
  };
  const theirs = async () => {
    const database = "restored_by_pg_restore";
    const env = station.toolEnv(database);
    const took = await timed(async () => {
      await run(bin("createdb"), ["--template=template0", database], env);
      await run(bin("pg_restore"), ["-d", database, "-j", String(jobs), archive], env);
    });
    await admin`drop database if exists ${admin(database)} with (force)`;
    await admin`checkpoint`;
    return took;
  };
  const took = await alternate(rounds, { ours, theirs }, say);
  await admin.end();
  await dropPack(station, backupId);
  await rm(archive);
  await worker.stop();
  const part = "drill";
  const told = [...new Set(steps.flatMap((each) => Object.keys(each)))]
    .map((code) => ({ code, took: median(steps.slice(1).map((each) => each[code] ?? 0)) }))
    .filter((step) => step.took >= 0.2)
    .map((step) => ({ part, what: `of which step “${step.code}”`, bound: null, measured: seconds(step.took), reached: null, sides: "" }));
  return [
    ratioLine({ part, what: "whole drill, every table's count and digest, to the signed report : `pg_restore -j 2`", ...took, most: 1.6 }),
    ...told,
  ];
};
