import { isUsed } from "#lib/services/storage/is-used";
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Catalogue } from "#lib/db/client";
import type { Engine } from "#lib/engines/port";
import { createSqliteEngine } from "#lib/engines/sqlite/engine";
import type { Env } from "#lib/env/env";
import type { Logger } from "#lib/log/log";
import { createNotifier } from "#lib/notify/notifier";
import { type CodecPool, createCodecPool } from "#lib/repository/codec-pool";
import type { Keyring } from "#lib/secrets/keyring";
import { type ServiceContext, systemActor } from "#lib/services/context";
import { ensureLocalDestination } from "#lib/services/destinations/ensure-local";
import type { WorkerDeps } from "#lib/services/runs/work";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import type { Storage } from "#lib/storage/port";
import { newUuid } from "#lib/services/new-uuid";
import { readDisk } from "./disks.ts";
import { createDrillPorts } from "./drill-ports.ts";
import { createImportPorts } from "./import-ports.ts";
import { createPackRepository } from "./pack-repository.ts";

export type Wiring = {
  readonly env: Pick<Env, "backupDir" | "tempDir" | "leaseMs" | "lockWaitMs"> &
    Partial<
      Pick<
        Env,
        | "dataDir"
        | "publicUrl"
        | "notifyTimeoutMs"
        | "notifyGatherMs"
        | "sqliteDirs"
        | "importDirs"
        | "pgBinPath"
        | "stallMs"
        | "drillHooksFile"
      >
    >;
  readonly catalogue: Catalogue;
  readonly keyring: Keyring;
  readonly installationId: string;
  readonly engine: Engine;
  readonly logger: Logger;
  /** Opens the destination; the local folder unless told. */
  readonly openStorage?: (root: string) => Storage;
};

/** Milliseconds of silence after which a server is asked whether it still works. */
const defaultStallMs = 20_000;

export type Wired = { readonly deps: WorkerDeps; readonly pool: CodecPool };

/** The composition root of the worker: the one place that knows which engine, storage and repository there are. */
export async function wireWorker(wiring: Wiring): Promise<Wired> {
  const { env, catalogue, keyring, installationId } = wiring;
  const context: ServiceContext = {
    db: catalogue.db,
    actor: systemActor,
    now: () => new Date(),
    newUuid,
    keyring,
    wake: () => Promise.resolve(),
    address: null,
    requestId: null,
  };
  const { id } = await ensureLocalDestination(context, env.backupDir);
  await mkdir(env.tempDir, { recursive: true, mode: 0o700 });
  const storage = wiring.openStorage?.(env.backupDir) ?? createLocalStorage({ root: env.backupDir });
  const pool = createCodecPool({ heapMb: 32 });
  const host = {
    pgBinPath: env.pgBinPath ?? [],
    sandboxDir: join(env.dataDir ?? dirname(env.tempDir), "sandboxes"),
    logger: wiring.logger,
  };
  const deps: WorkerDeps = {
    context,
    engine: wiring.engine,
    files: createSqliteEngine({
      roots: env.sqliteDirs ?? [],
      forbidden: [env.backupDir, env.tempDir, ...(env.dataDir === undefined ? [] : [env.dataDir])],
      lockWaitMs: env.lockWaitMs,
    }),
    destination: { id, path: env.backupDir, storage },
    repository: createPackRepository({ storage, keyring, installationId, pool }),
    imports: createImportPorts({
      backupDir: env.backupDir,
      importDirs: env.importDirs ?? [],
      pool,
      keyring,
      ...host,
    }),
    drills: createDrillPorts({
      ...host,
      keyring,
      hooksFile: env.drillHooksFile ?? null,
      lockWaitMs: env.lockWaitMs,
      stallMs: env.stallMs ?? defaultStallMs,
    }),
    messages: {
      notifier: createNotifier({ publicUrl: env.publicUrl ?? "http://127.0.0.1", timeoutMs: env.notifyTimeoutMs ?? 10_000 }),
      gatherMs: env.notifyGatherMs ?? 60_000,
    },
    prepareDestination: async () => storage.prepare(installationId, { createMarker: !(await isUsed(catalogue.db, id)) }),
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    tempSpace: () => readDisk("temporary", env.tempDir),
    tempDir: env.tempDir,
    leaseMs: env.leaseMs,
    lockWaitMs: env.lockWaitMs,
    logger: wiring.logger,
  };
  return { deps, pool };
}
