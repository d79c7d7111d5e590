import { and, eq, isNotNull, isNull, or } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { sources } from "#lib/db/schema/sources";
import type { ServiceContext } from "../context.ts";
import { resolveAlert } from "./alerts.ts";

/** Ends alerts of sources that are gone: nothing about them can get better. Nobody is told. */
export async function endOfRemoved(tx: Transaction, context: ServiceContext): Promise<void> {
  const left = await tx
    .select({ code: alerts.code, key: alerts.key })
    .from(alerts)
    .leftJoin(sources, eq(sources.id, alerts.sourceId))
    .where(and(isNull(alerts.resolvedAt), isNotNull(alerts.sourceId), or(isNull(sources.id), isNotNull(sources.removedAt))));
  for (const { code, key } of left) {
    await resolveAlert(tx, context, { code, subject: key.slice(code.length + 1), silently: true });
  }
}
