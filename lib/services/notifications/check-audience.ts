import { and, inArray, isNull } from "drizzle-orm";
import type { ChannelConfig } from "#lib/contracts/notifications";
import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import type { ChannelFilter } from "#lib/domain/channel-matches";

/**
 * Checks that there is something that a channel can tell: an alert (unless it tells other things), and sources that exist. `known` are the sources that it named before: one that
 * was removed since does not stand in the way of other changes. Throws `invalid-input` { issues }, `not-found` { entity, id }.
 */
export async function checkAudience(
  tx: Transaction,
  { config, alerts, sourceIds }: ChannelFilter & { readonly config: ChannelConfig },
  known: readonly string[] = [],
): Promise<void> {
  const tellsMore = config.type === "healthchecks" || (config.type === "webhook" && config.stateChanges);
  if (alerts?.length === 0 && !tellsMore) throw new LifeboatError("invalid-input", { issues: "alerts: at least one, or null for all" });
  if (sourceIds === null) return;
  if (sourceIds.length === 0) throw new LifeboatError("invalid-input", { issues: "sourceIds: at least one, or null for all" });
  const found = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(inArray(sources.id, [...sourceIds]), isNull(sources.removedAt)));
  const there = new Set([...known, ...found.map(({ id }) => id)]);
  const missing = sourceIds.find((id) => !there.has(id));
  if (missing !== undefined) throw new LifeboatError("not-found", { entity: "source", id: missing });
}
