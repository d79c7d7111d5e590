import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "#lib/log/log";
import type { TestServer } from "#lib/testing/postgres";
import type { Engine, EngineContext, OpenSnapshot, RestoreRequest, ServerAddress, SnapshotRequest, SnapshotResult } from "../port.ts";
import { createPostgresEngine } from "./engine.ts";
import type { PostgresEngineOptions } from "./engine-options.ts";
import { toolSetsIn } from "./tools.ts";

/** For integration tests: an engine with the tools of the given folders only, on real servers, with the log of what it said. */
export type EngineFixture = {
  engine: Engine;
  context: EngineContext;
  logged: string[];
  abort: AbortController;
  remove: () => Promise<void>;
};

export async function engineFixture(binDirs: readonly string[], options: Partial<PostgresEngineOptions> = {}): Promise<EngineFixture> {
  const workDir = await mkdtemp(join(tmpdir(), "lifeboat-engine-"));
  const logged: string[] = [];
  const abort = new AbortController();
  const logger = createLogger("debug", {}, (line) => logged.push(line));
  const engine = createPostgresEngine({
    pgBinPath: [],
    findTools: async () => await toolSetsIn(binDirs),
    lockWaitMs: 2_000,
    stallMs: 20_000,
    logger,
    ...options,
  });
  const applicationName = `lifeboat-test-${randomUUID()}`;
  const context: EngineContext = { signal: abort.signal, workDir, applicationName, log: (level, text) => logged.push(`${level} ${text}`) };
  return { engine, context, logged, abort, remove: async () => await rm(workDir, { recursive: true, force: true }) };
}

export function addressOf(server: TestServer, changes: Partial<ServerAddress> = {}): ServerAddress {
  const { host, port, superuser, password } = server;
  return { host, port, tlsMode: "prefer", tlsCa: "", username: superuser, password, maintenanceDatabase: "postgres", ...changes };
}

export function snapshotRequest(address: ServerAddress, database: string, changes: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return { address, database, excludedSchemas: [], excludedTables: [], lockWaitSeconds: 2, ...changes };
}

export function restoreRequest(address: ServerAddress, database: string, changes: Partial<RestoreRequest> = {}): RestoreRequest {
  return { address, database, properties: null, content: "all", tables: [], owners: "keep", jobs: 2, ...changes };
}

/**
 * Writes a snapshot's stream into a file and closes it, as a run would. While `onChunk` is waited for nothing is read, and a dump that is larger than
 * what a pipe holds cannot end.
 */
export async function writeSnapshot(
  snapshot: OpenSnapshot,
  path: string,
  onChunk?: (bytes: number) => Promise<unknown> | void,
): Promise<SnapshotResult> {
  const file = await open(path, "w");
  let bytes = 0;
  try {
    for await (const chunk of snapshot.chunks()) {
      await file.write(chunk.bytes);
      bytes += chunk.bytes.length;
      await onChunk?.(bytes);
    }
    return await snapshot.finish();
  } finally {
    await file.close();
    await snapshot.close();
  }
}

/** A folder of the server's tools where one (`pg_dump`) is a shell script in which `REAL` stands for the real one. */
export async function scriptedTools(
  server: TestServer,
  folder: string,
  script: string,
  version = "",
  scripted: "pg_dump" | "pg_restore" = "pg_dump",
): Promise<string> {
  await mkdir(folder);
  const others = ["pg_dump", "pg_restore", "pg_dumpall", "psql"].filter((tool) => tool !== scripted);
  for (const tool of others) await symlink(join(server.binDir, tool), join(folder, tool));
  const real = join(server.binDir, scripted);
  const answer = version === "" ? `exec ${real} --version` : `echo '${scripted} (PostgreSQL) ${version}'; exit 0`;
  const lines = ["#!/bin/sh", `case "$1" in --version) ${answer};; esac`, script.replaceAll("REAL", real)];
  await writeFile(join(folder, scripted), `${lines.join("\n")}\n`, { mode: 0o755 });
  return folder;
}
