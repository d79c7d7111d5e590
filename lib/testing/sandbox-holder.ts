import { writeSync } from "node:fs";
import { reasonOf } from "#lib/domain/error";
import { queryCopy } from "#lib/engines/postgres/query-copy";
import { querySql, reachServer } from "#lib/engines/postgres/server";
import { createKeyring } from "#lib/secrets/keyring";
import { createDrillSandboxes } from "#lib/worker/drill-sandboxes";
import { quietLogger } from "./quiet-logger.ts";

/**
 * A process that starts a sandbox with its relay, says how to reach both, and waits to be killed: a worker as far as sandboxes know. With
 * `statements` it runs each of them as the role that restores, removes the sandbox again and tells what came of it.
 */
export type SandboxOrder = {
  readonly root: string;
  readonly workDir: string;
  readonly pgBinPath: readonly string[];
  readonly key: string;
  readonly drillId: string;
  readonly major: number;
  readonly globalsSql?: string;
  readonly statements?: readonly string[];
};

const order = JSON.parse(process.env["LIFEBOAT_TEST_CONFIG"] ?? "{}") as SandboxOrder;
const sandboxes = createDrillSandboxes({ ...order, keyring: createKeyring(Buffer.from(order.key, "hex")), logger: quietLogger });
const context = { signal: AbortSignal.timeout(120_000), workDir: order.workDir, applicationName: "lifeboat-holder", log: () => undefined };
const access = await sandboxes.start({ drillId: order.drillId, major: order.major, database: "postgres" }, context);
const tell = (facts: object) => writeSync(1, `${JSON.stringify(facts)}\n`);

if (order.statements === undefined) {
  tell({ access, relay: await sandboxes.relay(access) });
  setInterval(() => undefined, 60_000);
} else {
  const roles = await sandboxes.createRoles(access, { globalsSql: order.globalsSql ?? null, roles: [] }, context);
  const told: string[] = [];
  for (const statement of order.statements) {
    const run = async () =>
      querySql(await reachServer(access.owner.address, context.signal), "postgres", "lifeboat-holder", (sql) => sql.unsafe(statement));
    told.push(
      await run().then(
        () => "done",
        (error: unknown) => (error as Error).message,
      ),
    );
  }
  const asked = await queryCopy(access.reader, "select 1", { maxRows: 1, timeoutMs: 5_000 }, context).then(
    ({ rows }) => rows,
    (error: unknown) => reasonOf(error).code,
  );
  const isAlive = await sandboxes.isAlive(access);
  tell({ confined: access.confined, uid: process.getuid?.(), roles, told, asked, isAlive, left: await sandboxes.remove(order.drillId) });
  process.exit(0);
}
