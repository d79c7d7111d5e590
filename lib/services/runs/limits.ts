import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database, Transaction } from "#lib/db/client";
import { settings } from "#lib/db/schema/settings";

const limit = z.number().int().min(1).nullable().default(null).catch(null);
const shape = z.object({ maxRunning: limit, maxRunningPerHost: limit });

/** How much may run at once in the whole installation; null: as much as workers have places. */
export type RunLimits = z.infer<typeof shape>;

/** The limits as they stand; a value that cannot be read is none. */
export async function readLimits(db: Database | Transaction): Promise<RunLimits> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, "scheduling"));
  return shape.parse(row?.value ?? {});
}
