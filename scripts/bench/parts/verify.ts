import { verifyBackup } from "#lib/services/backups/verify";
import { alternate, timed } from "../clock.ts";
import { backUp, dropPack, packOf } from "../packs.ts";
import { nothing, type Part } from "../part.ts";
import { decodeWithStockTools } from "../process.ts";
import { ratioLine } from "../report.ts";
import { timeRun } from "../runs.ts";

/** A whole verification, from the click until the proof stands, against decoding and hashing with stock tools. */
export const verify: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const { backupId } = await backUp(station, sourceId);
  const { path } = await packOf(station, backupId);
  const ours = async () => (await timeRun(station, () => verifyBackup(station.context, { ...nothing, params: { id: backupId } }))).seconds;
  const took = await alternate(rounds, { ours, theirs: () => timed(() => decodeWithStockTools(path)) }, say);
  await dropPack(station, backupId);
  await worker.stop();
  return [ratioLine({ part: "verify", what: "verification : `zstd -dc | openssl sha256`", ...took, most: 1.25 })];
};
