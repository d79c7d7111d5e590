import { join } from "node:path";
import { alternate, median } from "../clock.ts";
import { timed } from "../clock.ts";
import { backUp, dropPack, packOf } from "../packs.ts";
import type { Part } from "../part.ts";
import { run } from "../process.ts";
import { type Line, mebibytes, ratioLine, seconds } from "../report.ts";
import { sourceDatabase } from "../station.ts";

/** A whole backup, from the click until it is *stored* (re-read included), against `pg_dump` to nowhere. */
export const backup: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const pgDump = (compression: readonly string[]) => () =>
    timed(() => run(join(station.server.binDir, "pg_dump"), ["-Fc", ...compression], station.toolEnv(sourceDatabase)));
  const rereads: number[] = [];
  let sizes = "";
  const ours = async () => {
    const made = await backUp(station, sourceId);
    rereads.push(made.steps["reread"] ?? 0);
    const { streamBytes, storedBytes } = await packOf(station, made.backupId);
    sizes = `stream ${mebibytes(streamBytes)}, pack ${mebibytes(storedBytes)}`;
    await dropPack(station, made.backupId);
    return made.seconds;
  };
  const took = await alternate(rounds, { ours, plain: pgDump(["-Z0"]), packed: pgDump([]) }, say);
  await worker.stop();
  const part = "backup";
  const reread = median(rereads.slice(1));
  const told: Line = {
    part,
    what: "of which the re-read of the published pack",
    bound: null,
    measured: seconds(reread),
    reached: null,
    sides: sizes,
  };
  return [
    ratioLine({ part, what: "full backup : `pg_dump -Fc -Z0` to nowhere", ours: took.ours, theirs: took.plain, most: 1.5 }),
    told,
    ratioLine({ part, what: "full backup : `pg_dump -Fc` to nowhere", ours: took.ours, theirs: took.packed, most: 0.5 }),
  ];
};
