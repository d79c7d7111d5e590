import { and, eq, isNull, lte } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import type { AlertCode } from "#lib/domain/alert-codes";
import type { ServiceContext } from "../context.ts";
import { resolveAlert } from "./alerts.ts";

const dayMs = 86_400_000;

/** Something that happened, and not a state that lasts: a gate that failed has done its work. Told once, shown for a day, never told again. */
export const passingCodes = ["gate-failed"] as const satisfies readonly AlertCode[];

/** Ends what was told of a failed gate a day after the last one failed; sooner by one that passes. Nobody is told. */
export async function watchGates(tx: Transaction, context: ServiceContext): Promise<void> {
  for (const code of passingCodes) {
    const over = await tx
      .select({ key: alerts.key })
      .from(alerts)
      .where(and(eq(alerts.code, code), isNull(alerts.resolvedAt), lte(alerts.lastAt, new Date(context.now().getTime() - dayMs))));
    for (const { key } of over) await resolveAlert(tx, context, { code, subject: key.slice(code.length + 1), silently: true });
  }
}
