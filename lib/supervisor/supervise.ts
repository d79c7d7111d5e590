import { join } from "node:path";
import { clusterMajor } from "#lib/clusters/cluster";
import { isPortFree } from "#lib/clusters/free-port";
import { findClusterUser, type OsUser } from "#lib/clusters/os-user";
import { type Catalogue, openCatalogue } from "#lib/db/client";
import type { Env } from "#lib/env/env";
import { childEnvironment } from "#lib/env/env-file";
import { createWaker } from "#lib/jobs/waker";
import type { Logger } from "#lib/log/log";
import { keyFileIn, loadKeyring } from "#lib/secrets/keyring";
import { type ServiceContext, systemActor } from "#lib/services/context";
import { ensureBootstrapToken } from "#lib/services/people/bootstrap-token";
import { prepareFirstAdmin } from "#lib/services/people/first-admin";
import { ensureSigningKey } from "#lib/services/reports/signing-key";
import { ensureInstallation } from "#lib/services/setup/ensure-installation";
import { newUuid } from "#lib/services/new-uuid";
import { buildWhenChanged } from "./build.ts";
import { openCatalogueHome, type StartTools } from "./catalogue.ts";
import { keepBackingUp } from "./catalogue-schedule.ts";
import { type Child, type ChildOptions, keepRunning } from "./child.ts";
import { dataPaths, prepareFolders } from "./data-folders.ts";
import { localAddress, waitUntilReady } from "./wait-until-ready.ts";
import { takeInstanceLock } from "./instance-lock.ts";
import { upgradeCatalogue, waitForUpgrade } from "./migrate.ts";
import { requestSample, watchSample } from "./sample-watch.ts";
import { ensureServerPrograms } from "./server-programs.ts";
import { StartError } from "./start-error.ts";
import { type FirstAdmin, summaryLines } from "./summary.ts";
import type { Terminal } from "./terminal.ts";
import { workerEnvironment } from "./worker-environment.ts";

export type SuperviseOptions = {
  readonly root: string;
  readonly env: Env;
  readonly wantsSample: boolean;
  /** One part of Lifeboat where each has a container or a unit of its own; null: all of it. */
  readonly only: "web" | "worker" | null;
  readonly terminal: Terminal;
  readonly logger: Logger;
  /** Aborted when Lifeboat shall stop. */
  readonly signal: AbortSignal;
};

type Undo = () => Promise<void>;

/**
 * Starts everything in order, stays until `signal`, and stops everything in the opposite order: web, worker, sample, PostgreSQL.
 * Also a start that fails half-way stops what it started. Throws `StartError` for what a person can cure.
 */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const undo: Undo[] = [];
  try {
    await startEverything(options, undo);
    await aborted(options.signal);
    options.terminal.say("Stopping …");
  } catch (error) {
    // A stop during the start ends it wherever it is; that is not a failure.
    if (!options.signal.aborted) throw error;
  } finally {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        options.logger.error("a part did not stop cleanly", { error });
      }
    }
  }
  options.terminal.say("Stopped.");
}

async function startEverything(options: SuperviseOptions, undo: Undo[]): Promise<void> {
  const { env, root, logger, signal, terminal, only } = options;
  const { say } = terminal;
  if (only !== null && env.databaseUrl === null) {
    throw new StartError(`--only=${only} needs DATABASE_URL: web and worker share one catalogue, and neither starts it for the other.`);
  }
  if (only !== "worker") await checkPort(env);
  const clusterUser = env.databaseUrl === null ? await findAccount(options) : null;
  await prepareFolders(env, clusterUser);
  undo.push(await takeInstanceLock(dataPaths(env.dataDir).lockOf(only), env.dataDir));

  const tools: StartTools = { env, clusterUser, logger, say, signal };
  const home = await openCatalogueHome(tools);
  if (home.cluster !== null) undo.push(home.cluster.stop);
  signal.throwIfAborted();
  const backup = { url: home.url, backupDir: env.backupDir, pgBinPath: env.pgBinPath, logger };
  if (only === "worker") await waitForUpgrade(home.url, say, signal);
  else await upgradeCatalogue(backup, say, new Date());
  const catalogue = openCatalogue(home.url, { applicationName: "lifeboat-supervisor", max: 2 });
  undo.push(catalogue.close);
  const waker = await createWaker(home.url, logger);
  undo.push(waker.stop);
  const context = systemContext(env, catalogue, waker.wake);
  const firstAdmin = only === "worker" ? null : await prepareInstallation(context, env);
  signal.throwIfAborted();

  if (only !== "worker") await buildWhenChanged({ root, say, signal });
  if (options.wantsSample) await requestSample(context);
  const children = childSettings(options, home.url);
  // Web is stopped first: nobody asks for work that the worker would no longer begin.
  if (only !== "web") {
    undo.push(watchSample(tools, catalogue, context).stop);
    undo.push(keepBackingUp(backup, say));
    undo.push(startWorker(children).stop);
  }
  if (firstAdmin === null) return say("The worker was started.");
  const web = startWeb(children);
  undo.push(web.stop);
  await waitUntilReady({ address: localAddress(env.host, env.port), crashes: web.crashes, signal, logHint: terminal.logHint });
  const facts = { ...env, firstAdmin, catalogue: home.cluster === null ? ("external" as const) : ("embedded" as const) };
  for (const line of summaryLines({ ...facts, logPath: terminal.logPath })) say(line);
}

/** What must be in the catalogue before anybody can sign in or work. */
async function prepareInstallation(context: ServiceContext, env: Env): Promise<FirstAdmin> {
  await ensureInstallation(context);
  await ensureSigningKey(context);
  const firstAdmin = await prepareFirstAdmin(context, credentialsOf(env));
  if (env.bootstrapToken !== null) await ensureBootstrapToken(context, env.bootstrapToken);
  return firstAdmin;
}

/** The first account of PostgreSQL may only come with its package: root installs that before the folders are made. */
async function findAccount({ env, logger, terminal, signal }: SuperviseOptions): Promise<OsUser | null> {
  if (process.getuid?.() === 0) {
    const major = await clusterMajor(dataPaths(env.dataDir).catalogue);
    await ensureServerPrograms({ pgBinPath: env.pgBinPath, major, logger, say: terminal.say, signal });
  }
  try {
    return await findClusterUser(logger);
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}

async function checkPort({ port, host }: Env): Promise<void> {
  let isFree: boolean;
  try {
    isFree = await isPortFree(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const cure = code === "EACCES" ? "ports below 1024 need root; set another PORT" : "set HOST to an address of this machine";
    throw new StartError(`Lifeboat cannot listen on ${host}:${port} (${code}): ${cure}.`);
  }
  if (!isFree) {
    throw new StartError(
      `Port ${port} on ${host} is in use by another program. Stop that program, or choose another port: PORT=${port + 1} npm run up`,
    );
  }
}

function systemContext(env: Env, catalogue: Catalogue, wake: ServiceContext["wake"]): ServiceContext {
  const keyring = loadKeyring({ key: env.key, keyFile: keyFileIn(env.dataDir) });
  return {
    db: catalogue.db,
    actor: systemActor,
    now: () => new Date(),
    newUuid,
    keyring,
    wake,
    address: null,
    requestId: null,
  };
}

function credentialsOf({ adminEmail: email, adminPassword: password }: Env): { email: string; password: string } | null {
  return email === null || password === null ? null : { email, password };
}

type ChildSettings = Omit<ChildOptions, "name" | "script" | "graceMs">;

function childSettings({ root, env, logger, terminal }: SuperviseOptions, catalogueUrl: string): ChildSettings {
  return {
    root,
    env: childEnvironment({
      NEXT_TELEMETRY_DISABLED: "1",
      DATABASE_URL: catalogueUrl,
      LIFEBOAT_DATA_DIR: env.dataDir,
      BACKUP_DIR: env.backupDir,
    }),
    output: terminal.output,
    logger,
    say: terminal.say,
  };
}

function startWorker(settings: ChildSettings): Child {
  const env = workerEnvironment(settings.env);
  return keepRunning({ ...settings, env, name: "worker", script: join(settings.root, "lib", "worker", "main.ts"), graceMs: 30_000 });
}

function startWeb(settings: ChildSettings): Child {
  return keepRunning({ ...settings, name: "web", script: join(settings.root, "lib", "web", "main.ts"), graceMs: 15_000 });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
