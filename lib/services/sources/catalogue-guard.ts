import { and, desc, eq, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import type { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { type CheckOutput, checkOutput } from "../servers/check-input.ts";

type Address = Pick<typeof servers.$inferSelect, "id" | "host" | "port">;
type DatabaseFacts = CheckOutput["databases"][number];

/** What the last check of the stored server told about one of its databases; null where no check saw it. */
export async function lastSeenDatabase(tx: Transaction, serverId: string, database: string): Promise<DatabaseFacts | null> {
  const [run] = await tx
    .select({ output: runs.output })
    .from(runs)
    .where(and(eq(runs.serverId, serverId), eq(runs.type, "check-server"), eq(runs.state, "succeeded")))
    .orderBy(desc(runs.queuedAt))
    .limit(1);
  const parsed = checkOutput.safeParse(run?.output);
  return parsed.success ? (parsed.data.databases.find((entry) => entry.name === database) ?? null) : null;
}

const loopback = new Set(["localhost", "127.0.0.1", "::1"]);

/**
 * Throws `target-is-catalogue` when a database is Lifeboat's own: by the marker that the last check found in it, or because it
 * lies where this very session is. Another name for the catalogue's host is found by the marker only.
 */
export async function refuseCatalogue(tx: Transaction, server: Address, database: string, seen: DatabaseFacts | null): Promise<void> {
  const [here] = await tx.execute<{ database: string; port: number | null; address: string | null }>(
    sql`select current_database() as database, inet_server_port() as port, host(inet_server_addr()) as address`,
  );
  const isHere =
    here !== undefined &&
    here.database === database &&
    here.port === server.port &&
    (server.host === here.address || (loopback.has(server.host) && loopback.has(here.address ?? "localhost")));
  if (isHere || seen?.isCatalogue === true) throw new LifeboatError("target-is-catalogue", { database });
}
