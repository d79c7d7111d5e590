import { once } from "node:events";
import type { AddressInfo } from "node:net";
import next from "next";
import { openCatalogue } from "#lib/db/client";
import { listenTo } from "#lib/db/listen";
import { installation } from "#lib/db/schema/installation";
import type { Env } from "#lib/env/env";
import { setRuntime, type Runtime } from "#lib/http/runtime";
import { createWaker } from "#lib/jobs/waker";
import type { Logger } from "#lib/log/log";
import { createCodecPool } from "#lib/repository/codec-pool";
import { keyFileIn, loadKeyring } from "#lib/secrets/keyring";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import type { Storage } from "#lib/storage/port";
import { createFreshness } from "./freshness.ts";
import { createWebServer } from "./server.ts";
import { stopServer } from "./stop-server.ts";

/** Decoding for downloads is bounded by these threads, however many readers there are. */
const decodingThreads = 2;

export type Web = { readonly port: number; readonly stop: () => Promise<void> };

/** Opens what the web process needs, prepares Next from its build in `root`, and listens. Throws when one of them cannot be had. */
export async function startWeb({ env, logger, root }: { env: Env; logger: Logger; root: string }): Promise<Web> {
  if (env.databaseUrl === null) throw new Error("DATABASE_URL is not set: “npm run up” starts the catalogue and sets it");
  const catalogue = openCatalogue(env.databaseUrl, { applicationName: "lifeboat-web" });
  const waker = await createWaker(env.databaseUrl, logger);
  const stopping = new AbortController();
  const keyring = loadKeyring({ key: env.key, keyFile: keyFileIn(env.dataDir) });
  const runtime: Runtime = { env, catalogue, keyring, logger, wake: waker.wake, stopping: stopping.signal };
  setRuntime(runtime);
  // next-auth builds its own addresses from this one variable.
  process.env["NEXTAUTH_URL"] = env.publicUrl;

  const app = next({ dev: false, dir: root, hostname: env.host, port: env.port, quiet: true });
  await app.prepare();
  const pool = createCodecPool({ threads: decodingThreads });
  const freshness = createFreshness({ db: catalogue.db, logger });
  const listener = listenTo({
    databaseUrl: env.databaseUrl,
    applicationName: "lifeboat-web",
    channel: "lifeboat_changes",
    onPayload: freshness.onPayload,
    onUp: freshness.onUp,
    onDown: (error) => {
      freshness.onDown();
      if (error !== null) logger.warn("changes are not heard of for a moment; freshness is asked of the catalogue", { error });
    },
  });
  const server = createWebServer(runtime, app.getRequestHandler(), { storage: storageOf(runtime), pool, freshness });
  server.listen(env.port, env.host);
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      stopping.abort();
      await stopServer(server);
      await Promise.allSettled([app.close(), pool.close(), waker.stop(), listener.stop(), catalogue.close()]);
    },
  };
}

/** The local folder, once its marker proved that it is this installation's; asked again after a failure (a disk may be mounted later). */
function storageOf({ env, catalogue }: Runtime): () => Promise<Storage> {
  const storage = createLocalStorage({ root: env.backupDir });
  let isProven = false;
  return async () => {
    if (isProven) return storage;
    const [row] = await catalogue.db.select({ id: installation.id }).from(installation).limit(1);
    if (row !== undefined) {
      await storage.prepare(row.id, { createMarker: false });
      isProven = true;
    }
    return storage;
  };
}
