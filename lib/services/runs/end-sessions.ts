import { eq } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import type { EngineContext } from "#lib/engines/port";
import { addressOf } from "../servers/address.ts";
import type { RunRow } from "./start.ts";
import type { WorkerDeps } from "./work.ts";

/**
 * Ends what a lost run left connected to its server: a tool in a process group of its own outlives the worker that was killed.
 * Throws when the server does not answer.
 */
export async function endSessionsOf(db: Database, deps: WorkerDeps, run: RunRow, engineContext: EngineContext): Promise<void> {
  if (run.serverId === null || run.type === "check-server") return;
  const [server] = await db.select().from(servers).where(eq(servers.id, run.serverId));
  if (server === undefined) return;
  const role = run.type === "backup" ? "backup" : "restore";
  const ended = await deps.engine.endSessions(addressOf(deps.context.keyring, server, role), engineContext);
  if (ended > 0) deps.logger.info("ended sessions that a lost run left", { runId: run.id, count: ended });
}
