import { and, eq, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database, Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";

type Asked = {
  readonly serverId: string;
  readonly database: string;
  readonly targetEnvironment?: (typeof sources.$inferSelect)["environment"] | undefined;
};

export type ReplacementTarget = {
  /** What the target is registered as; null: nothing yet. */
  readonly source: typeof sources.$inferSelect | null;
  readonly environment: (typeof sources.$inferSelect)["environment"];
  readonly needsProductionConfirmation: boolean;
};

/** Looks the target up among the sources. A database that nobody said anything about counts as production. */
export async function findReplacementTarget(tx: Database | Transaction, input: Asked): Promise<ReplacementTarget> {
  const [source] = await tx
    .select()
    .from(sources)
    .where(and(eq(sources.serverId, input.serverId), eq(sources.database, input.database), isNull(sources.removedAt)));
  const said = source?.environment ?? input.targetEnvironment ?? "production";
  const environment = source === undefined && (await isProductionElsewhere(tx, input)) ? "production" : said;
  return { source: source ?? null, environment, needsProductionConfirmation: environment === "production" };
}

/** True when another entry of the same address has this database as a source of production: a second entry takes no caution away. */
async function isProductionElsewhere(tx: Database | Transaction, input: Asked): Promise<boolean> {
  const address = alias(servers, "address");
  const rows = await tx
    .select({ id: sources.id })
    .from(sources)
    .innerJoin(servers, eq(servers.id, sources.serverId))
    .innerJoin(
      address,
      and(eq(address.id, input.serverId), eq(address.port, servers.port), sql`lower(${address.host}) = lower(${servers.host})`),
    )
    .where(and(eq(sources.database, input.database), eq(sources.environment, "production"), isNull(sources.removedAt)))
    .limit(1);
  return rows.length > 0;
}
