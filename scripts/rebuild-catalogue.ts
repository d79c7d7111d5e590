import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clusterSuperuser } from "#lib/clusters/cluster";
import { readPostmasterPid } from "#lib/clusters/postmaster-pid";
import { type Env, readEnv } from "#lib/env/env";
import { loadEnvFile } from "#lib/env/env-file";
import { redactText } from "#lib/log/redact";
import { keyFileIn, loadKeyring } from "#lib/secrets/keyring";
import { dataPaths } from "#lib/supervisor/data-folders";
import { rebuildCatalogue } from "#lib/worker/rebuild-catalogue";

/** `npm run rebuild-catalogue`, while Lifeboat runs: makes the catalogue's rows again from what lies in BACKUP_DIR (docs/recovery.md). */
async function catalogueUrl(env: Env): Promise<string> {
  if (env.databaseUrl !== null) return env.databaseUrl;
  const paths = dataPaths(env.dataDir);
  const running = await readPostmasterPid(paths.catalogue);
  if (running === null) throw new Error(`No catalogue runs in ${env.dataDir}. Start Lifeboat first (npm run up), or set DATABASE_URL.`);
  const password = readFileSync(paths.passwordOf("catalogue"), "utf8").trim();
  return `postgresql://${clusterSuperuser}:${encodeURIComponent(password)}@127.0.0.1:${running.port}/lifeboat?sslmode=disable`;
}

const stopping = new AbortController();
process.on("SIGINT", () => stopping.abort());
try {
  loadEnvFile(join(fileURLToPath(new URL("..", import.meta.url)), ".env"));
  const env = readEnv();
  const result = await rebuildCatalogue({
    databaseUrl: await catalogueUrl(env),
    backupDir: env.backupDir,
    keyring: loadKeyring({ key: env.key, keyFile: keyFileIn(env.dataDir) }),
    signal: stopping.signal,
    onPack: (key, outcome) => console.log(`${outcome.padEnd(10)} ${key}`),
  });
  const counts = Object.entries(result).map(([what, keys]) => `${keys.length} ${what}`);
  console.log(`\n${counts.join(", ")}`);
  if (result.added.length > 0)
    console.log("Restart Lifeboat, then enter user and password of each server that was added; its sources are paused.");
  process.exitCode = result.damaged.length + result.missing.length > 0 ? 1 : 0;
} catch (error) {
  console.error(redactText(error instanceof Error ? error.message : String(error)));
  process.exitCode = 2;
}
