import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { awaitProbe } from "../runs/await-probe.ts";
import { startRun } from "../runs/start.ts";
import { storedCheckInput } from "./check.ts";
import { checkOutput, checkSteps } from "./check-input.ts";

const answerWithinMs = 15_000;

/**
 * The server's databases as it tells them now; the executor also notes version and time on the server's row. Throws `not-found`,
 * what the check found (`password-wrong`, `connection-refused` …), `no-worker` { group }, `probe-timeout` { seconds }.
 */
export async function listServerDatabases(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listServerDatabases>,
): Promise<EndpointOutput<typeof contract.listServerDatabases>> {
  authorise(context, "servers:read");
  const { id } = input.params;
  const [server] = await context.db
    .select()
    .from(servers)
    .where(and(eq(servers.id, id), isNull(servers.removedAt)));
  if (server === undefined) throw new LifeboatError("not-found", { entity: "server", id });
  const run = await context.db.transaction((tx) =>
    startRun(tx, context, {
      type: "check-server",
      subject: id,
      serverId: id,
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: storedCheckInput(server),
      steps: checkSteps,
    }),
  );
  await context.wake(run.id, run.workerGroup);
  const output = checkOutput.parse(await awaitProbe(context, run.id, { timeoutMs: answerWithinMs }));
  const known = await context.db
    .select({ id: sources.id, database: sources.database })
    .from(sources)
    .where(and(eq(sources.serverId, id), isNull(sources.removedAt)));
  const sourceOf = new Map(known.map((row) => [row.database, row.id]));
  return {
    serverVersion: output.serverVersion ?? "",
    databases: output.databases.map((database) => ({
      name: database.name,
      sizeBytes: database.sizeBytes,
      owner: database.owner,
      encoding: database.encoding,
      sourceId: sourceOf.get(database.name) ?? null,
      isCatalogue: database.isCatalogue,
      connectable: database.connectable,
    })),
  };
}
