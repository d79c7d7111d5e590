import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "#lib/exec/run-tool";

export const sampleDatabase = "shop";
const file = fileURLToPath(new URL("sample-shop.sql", import.meta.url));

/** Where to load, with the password in memory only. */
export type ShopTarget = { binDir: string; host: string; port: number; user: string; password: string; database: string };

/**
 * Loads the sample shop into an empty database. `scale` 1 makes about 135,000 rows in a few seconds; 0.02 is enough for most tests.
 * Throws with what `psql` said.
 */
export async function loadSampleShop(target: ShopTarget, scale = 1, signal?: AbortSignal): Promise<void> {
  const result = await runTool({
    file: join(target.binDir, "psql"),
    args: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", `scale=${scale}`, "-f", file],
    cwd: "/",
    env: {
      PGHOST: target.host,
      PGPORT: String(target.port),
      PGUSER: target.user,
      PGPASSWORD: target.password,
      PGDATABASE: target.database,
      PGSSLMODE: "disable",
      PGCONNECT_TIMEOUT: "10",
    },
    timeoutMs: 300_000,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode !== 0) throw new Error(`the sample shop could not be loaded: ${result.stderr.trim()}`);
}
