import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alternate, median, timed } from "../clock.ts";
import { backUp, packOf } from "../packs.ts";
import type { Part } from "../part.ts";
import { run } from "../process.ts";
import { mebibytes, type Line, toldLine } from "../report.ts";
import { folderBytes } from "../rebuild.ts";
import { sourceDatabase, type Station } from "../station.ts";

const part = "rivals";

/** `restic backup --stdin` of the same dump: how long a second one takes of unchanged data, and what it adds. */
async function restic(station: Station, rounds: number, say: (line: string) => void): Promise<Line[]> {
  if (spawnSync("restic", ["version"]).status !== 0) return [toldLine(part, "restic", "not installed")];
  const repository = join(station.folder, "restic");
  const passwordFile = join(station.folder, "restic-password");
  await writeFile(passwordFile, randomBytes(16).toString("hex"), { mode: 0o600 });
  const env = { ...station.toolEnv(sourceDatabase), RESTIC_REPOSITORY: repository, RESTIC_PASSWORD_FILE: passwordFile };
  await run("restic", ["-q", "init"], env);
  const dump = join(station.server.binDir, "pg_dump");
  const backup = () =>
    timed(() =>
      run("bash", ["-c", 'set -o pipefail; "$1" -Fc -Z0 | restic -q backup --stdin --stdin-filename bench.dump', "bash", dump], env),
    );
  const first = await backup();
  const fullBytes = await folderBytes(repository);
  const took = await alternate(Math.min(rounds, 3), { restic: backup }, say);
  const added = (await folderBytes(repository)) - fullBytes;
  await rm(repository, { recursive: true });
  return [
    toldLine(part, "`pg_dump -Fc -Z0 | restic backup --stdin`, first", `${first.toFixed(2)} s`, mebibytes(fullBytes)),
    toldLine(part, "the same again, nothing changed", `${took.restic.toFixed(2)} s`, `${mebibytes(added)} added by all of them`),
  ];
}

/** pgBackRest: a full and incrementals of the whole cluster, on files. It needs WAL archiving to nowhere being allowed; else it says so. */
async function pgBackRest(station: Station, rounds: number): Promise<Line[]> {
  if (spawnSync("pgbackrest", ["version"]).status !== 0) return [toldLine(part, "pgBackRest", "not installed")];
  const repository = join(station.folder, "pgbackrest");
  await mkdir(repository);
  const flags = [
    "--stanza=bench",
    `--repo1-path=${repository}`,
    `--pg1-path=${station.server.dataDir}`,
    `--pg1-port=${station.server.port}`,
    "--pg1-socket-path=127.0.0.1",
    `--pg1-user=${station.server.superuser}`,
    "--no-online",
    "--force",
    "--log-level-console=off",
    "--log-level-file=off",
    `--lock-path=${join(repository, "lock")}`,
  ];
  const packing = ["--compress-type=zst", "--compress-level=1", "--process-max=2"];
  const tool = (command: string, more: readonly string[] = []) =>
    run("pgbackrest", [...flags, ...more, command], station.toolEnv(sourceDatabase));
  try {
    await tool("stanza-create");
    const first = await timed(() => tool("backup", ["--type=full", ...packing]));
    const fullBytes = await folderBytes(repository);
    const times: number[] = [];
    for (let round = 0; round < Math.min(rounds, 3); round += 1) times.push(await timed(() => tool("backup", ["--type=incr", ...packing])));
    return [
      toldLine(part, "`pgbackrest --type=full` (files of the whole cluster, offline mode)", `${first.toFixed(2)} s`, mebibytes(fullBytes)),
      toldLine(
        part,
        "`pgbackrest --type=incr`, nothing changed",
        `${median(times).toFixed(2)} s`,
        `${mebibytes((await folderBytes(repository)) - fullBytes)} added`,
      ),
    ];
  } catch (error) {
    return [toldLine(part, "pgBackRest", `could not be measured: ${String(error).slice(0, 120)}`)];
  } finally {
    await rm(repository, { recursive: true, force: true });
  }
}

/** For comparison, on the same data, where they are installed. */
export const rivals: Part = async ({ station, sourceId, rounds, say }) => {
  const worker = await station.startWorker();
  const full = await backUp(station, sourceId);
  const fullPack = await packOf(station, full.backupId);
  const incremental = await backUp(station, sourceId, "incremental");
  const { storedBytes } = await packOf(station, incremental.backupId);
  await worker.stop();
  return [
    toldLine(part, "Lifeboat, full", `${full.seconds.toFixed(2)} s`, mebibytes(fullPack.storedBytes)),
    toldLine(
      part,
      "Lifeboat, incremental, nothing changed",
      `${incremental.seconds.toFixed(2)} s`,
      `${(storedBytes / 1024).toFixed(0)} KiB added`,
    ),
    ...(await restic(station, rounds, say)),
    ...(await pgBackRest(station, rounds)),
  ];
};
