import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { ServerDto } from "#lib/contracts/servers";
import type { Database, Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { type ServerRow, toServerDto } from "./dto.ts";

/**
 * How many sources protect something on the server. The tables are named by hand: in a select from one table drizzle writes columns
 * without it, and `id` would then mean the source's own.
 */
export const sourceCount: SQL<number> = sql<number>`(
  select count(*)::int from ${sources} where ${sources}.server_id = ${servers}.id and ${sources}.removed_at is null
)`;

/** One server. Throws `not-found`, also for a removed one. */
export async function loadServer(db: Database | Transaction, id: string): Promise<ServerDto> {
  const [found] = await db
    .select({ server: servers, sourceCount })
    .from(servers)
    .where(and(eq(servers.id, id), isNull(servers.removedAt)));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "server", id });
  return toServerDto(found.server, found);
}

/** The row itself, locked until the transaction ends: `update` for a change, `share` to rely on it. Throws `not-found`. */
export async function lockServer(tx: Transaction, id: string, strength: "update" | "share"): Promise<ServerRow> {
  const [row] = await tx
    .select()
    .from(servers)
    .where(and(eq(servers.id, id), isNull(servers.removedAt)))
    .for(strength);
  if (row === undefined) throw new LifeboatError("not-found", { entity: "server", id });
  return row;
}
