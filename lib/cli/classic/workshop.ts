import { randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineContext } from "#lib/engines/port";
import { createPostgresEngine } from "#lib/engines/postgres/engine";
import { postgresDeps } from "#lib/engines/postgres/engine-deps";
import type { PostgresEngineOptions } from "#lib/engines/postgres/engine-options";
import type { CatalogueAddress } from "#lib/engines/postgres/server";
import type { CliEnv } from "#lib/env/cli-env";
import { createLogger } from "#lib/log/log";
import type { Terminal } from "../terminal.ts";

/** What the classic scripts work with: the engine, its parts, and a private folder. */
export type Workshop = {
  readonly engine: ReturnType<typeof createPostgresEngine>;
  readonly deps: ReturnType<typeof postgresDeps>;
  readonly catalogue: CatalogueAddress | null;
  readonly context: EngineContext;
};

const stallMs = 20_000;
const prefix = "lifeboat-cli-";

/** Removes what killed calls of this account left: private copies of whole dumps. */
async function sweep(tempDir: string): Promise<void> {
  for (const name of await readdir(tempDir)) {
    const pid = Number(/^lifeboat-cli-(\d+)-\w+$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(tempDir, name);
    const facts = await lstat(path).catch(() => null);
    if (facts?.isDirectory() === true && facts.uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Makes a workshop, hands it to `work`, and removes its folder whatever happens. */
export async function inWorkshop<T>(
  options: {
    readonly env: CliEnv;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
    readonly catalogue: CatalogueAddress | null;
    readonly lockWaitSeconds: number;
  },
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const { env, terminal, signal, catalogue } = options;
  await mkdir(env.tempDir, { recursive: true });
  await sweep(env.tempDir);
  const workDir = await mkdtemp(join(env.tempDir, `${prefix}${process.pid}-`));
  try {
    await chmod(workDir, 0o700);
    const settings: PostgresEngineOptions = {
      pgBinPath: env.pgBinPath,
      lockWaitMs: options.lockWaitSeconds * 1_000,
      stallMs,
      cataloguesAddress: catalogue,
      logger: createLogger("error", {}, (line) => terminal.note(line.trimEnd())),
    };
    const context: EngineContext = {
      signal,
      workDir,
      applicationName: `lifeboat-cli-${randomUUID()}`,
      log: (level, text) => terminal.note(level === "info" ? text : `${level}: ${text}`),
    };
    return await work({ engine: createPostgresEngine(settings), deps: postgresDeps(settings), catalogue, context });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}
