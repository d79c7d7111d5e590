import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { clusterSuperuser, type PrivateCluster } from "#lib/clusters/cluster";
import { loadSampleShop, sampleDatabase } from "#lib/clusters/sample-shop";
import type { Catalogue } from "#lib/db/client";
import { installation } from "#lib/db/schema/installation";
import type { ServiceContext } from "#lib/services/context";
import { registerSample } from "#lib/services/sample/register";
import { startSample } from "#lib/services/sample/request";
import { ensureDatabase, startPrivateCluster, type StartTools } from "./catalogue.ts";

const pollMs = 2000;
const retryMs = 30_000;
const draftDatabase = "shop_loading";

export type SampleWatch = {
  /** Stops looking, and the sample's cluster if it runs. */
  readonly stop: () => Promise<void>;
};

/** Asks for the sample on behalf of `--sample`; does nothing when it was asked for already. */
export async function requestSample(context: ServiceContext): Promise<void> {
  await startSample(context, { params: {}, query: {}, body: {}, ifMatch: null });
}

/** Starts the sample's cluster as soon as the catalogue says that somebody asked for it, also after a restart. */
export function watchSample(tools: StartTools, catalogue: Catalogue, context: ServiceContext): SampleWatch {
  const stopping = new AbortController();
  let cluster: PrivateCluster | null = null;

  const look = async () => {
    while (!stopping.signal.aborted) {
      let pauseMs = pollMs;
      try {
        const wanted = await isWanted(catalogue);
        if (wanted && cluster === null) cluster = await bringUp(tools, context);
        if (!wanted && cluster !== null) {
          await cluster.stop();
          cluster = null;
        }
      } catch (error) {
        tools.logger.error("the sample did not start", { error });
        tools.say(`The sample did not start: ${(error as Error).message}`);
        pauseMs = retryMs;
      }
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = look();

  return {
    stop: async () => {
      stopping.abort();
      await done;
      await cluster?.stop();
    },
  };
}

async function isWanted(catalogue: Catalogue): Promise<boolean> {
  const [row] = await catalogue.db.select({ at: installation.sampleRequestedAt }).from(installation).limit(1);
  return row !== undefined && row.at !== null;
}

/** Null when the sample was deleted since: its request is withdrawn then. */
async function bringUp(tools: StartTools, context: ServiceContext): Promise<PrivateCluster | null> {
  const cluster = await startPrivateCluster("sample", tools);
  try {
    await loadOnce(cluster, tools.signal);
    const outcome = await registerSample(context, {
      host: cluster.host,
      port: cluster.port,
      username: clusterSuperuser,
      password: cluster.password,
      database: sampleDatabase,
    });
    if (outcome === "registered") tools.say("The sample shop is there, and its first backup has begun.");
    if (outcome !== "removed") return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  await cluster.stop();
  return null;
}

/** Loads under another name and renames: a load that was cut off is not taken for the shop. */
async function loadOnce(cluster: PrivateCluster, signal: AbortSignal): Promise<void> {
  const sql = postgres(cluster.url("postgres"), { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const known = await sql`select 1 from pg_database where datname = ${sampleDatabase}`;
    if (known.length > 0) return;
    await sql`drop database if exists ${sql(draftDatabase)} with (force)`;
    await ensureDatabase(cluster, draftDatabase);
    await loadSampleShop({ ...cluster, user: cluster.superuser, database: draftDatabase }, 1, signal);
    await sql`alter database ${sql(draftDatabase)} rename to ${sql(sampleDatabase)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
