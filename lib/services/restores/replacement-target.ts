import { and, eq, isNull } from "drizzle-orm";
import type { RestoreInput } from "#lib/contracts/restores";
import type { Database, Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";

export type ReplacementTarget = {
  /** What the target is registered as; null: nothing yet. */
  readonly source: typeof sources.$inferSelect | null;
  readonly environment: (typeof sources.$inferSelect)["environment"];
  readonly needsProductionConfirmation: boolean;
};

/** Looks the target up among the sources. A database that nobody said anything about counts as production. */
export async function findReplacementTarget(
  tx: Database | Transaction,
  input: Pick<RestoreInput, "serverId" | "database" | "targetEnvironment">,
): Promise<ReplacementTarget> {
  const [source] = await tx
    .select()
    .from(sources)
    .where(and(eq(sources.serverId, input.serverId), eq(sources.database, input.database), isNull(sources.removedAt)));
  const environment = source?.environment ?? input.targetEnvironment ?? "production";
  return { source: source ?? null, environment, needsProductionConfirmation: environment === "production" };
}
