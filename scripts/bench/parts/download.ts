import { spawn } from "node:child_process";
import { once } from "node:events";
import { alternate, timed } from "../clock.ts";
import { backUp, dropPack, packOf } from "../packs.ts";
import type { Part } from "../part.ts";
import { decodeWithStockTools } from "../process.ts";
import { ratioLine } from "../report.ts";
import { makeToken } from "../visitor.ts";

/** Fetches an address with curl to nowhere; the token travels on standard input, where no process list shows it. */
async function fetchWithCurl(address: string, token: string): Promise<void> {
  const child = spawn("curl", ["--silent", "--fail", "--output", "/dev/null", "--config", "-", address], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(`header = "authorization: Bearer ${token}"\n`);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`curl ended with ${code}`);
}

/** The plain archive as a browser gets it, every segment checked before its bytes leave, against decoding and hashing with stock tools. */
export const download: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const { backupId } = await backUp(station, sourceId);
  await worker.stop();
  const { path } = await packOf(station, backupId);
  const web = await station.startWeb();
  const token = await makeToken(station);
  const address = `${station.webUrl}/api/v1/backups/${backupId}/download?format=dump`;
  const ways = { ours: () => timed(() => fetchWithCurl(address, token)), theirs: () => timed(() => decodeWithStockTools(path)) };
  const took = await alternate(rounds, ways, say);
  await web.stop();
  await dropPack(station, backupId);
  return [ratioLine({ part: "download", what: "download of the `.dump` : `zstd -dc | openssl sha256`", ...took, most: 1.25 })];
};
