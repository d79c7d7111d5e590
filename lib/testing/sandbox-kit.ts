import { randomBytes, randomUUIDv7 } from "node:crypto";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeId } from "#lib/domain/ids";
import type { CopyTarget } from "#lib/engines/copy-port";
import type { EngineContext } from "#lib/engines/port";
import { querySql, reachServer } from "#lib/engines/postgres/server";
import { createKeyring } from "#lib/secrets/keyring";
import { createDrillSandboxes } from "#lib/worker/drill-sandboxes";
import { quietLogger } from "./quiet-logger.ts";
import { testBinPath } from "./worker-setup.ts";

/** A folder for sandboxes, one drill's name, and what tests do to its sandbox. */
export async function makeSandboxKit() {
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-sandbox-"));
  await chmod(folder, 0o711);
  const key = randomBytes(32).toString("hex");
  const root = join(folder, "sandboxes");
  const context: EngineContext = {
    signal: AbortSignal.timeout(600_000),
    workDir: folder,
    applicationName: "lifeboat-sandbox-test",
    log: () => undefined,
  };
  const host = { root, pgBinPath: testBinPath(), keyring: createKeyring(Buffer.from(key, "hex")), logger: quietLogger };
  return {
    folder,
    root,
    host,
    key,
    context,
    drillId: makeId("drill", randomUUIDv7()),
    /** Another one stands for another worker of the same host. */
    sandboxes: (change: Partial<Parameters<typeof createDrillSandboxes>[0]> = {}) => createDrillSandboxes({ ...host, ...change }),
    /** Runs statements as the role of `target`; returns the rows of the last one. */
    run: async (target: CopyTarget, ...statements: string[]) =>
      await querySql(await reachServer(target.address, context.signal), target.database, context.applicationName, async (sql) => {
        let rows: Record<string, unknown>[] = [];
        for (const statement of statements) rows = await sql.unsafe(statement);
        return rows;
      }),
  };
}

export type SandboxKit = Awaited<ReturnType<typeof makeSandboxKit>>;
