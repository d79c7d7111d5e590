import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { deliveries } from "#lib/db/schema/deliveries";

const isBeyond = (column: typeof deliveries.nextAttemptAt | typeof deliveries.claimedUntil, minutes: number): SQL =>
  sql`${column} > clock_timestamp() + make_interval(mins => ${minutes})`;

/** A receiver may ask for an hour of patience, a claim lasts for seconds; quiet hours hold for a day at most, and an hour more when the clocks go back. */
const longestWait = 61;
const longestHold = 26 * 60;

/**
 * Makes due what waits for a time that no wait leads to: it was written while the catalogue's clock was ahead, and would hold back a channel, with all that
 * comes after it, until that time comes again.
 */
export async function pullBack(db: Database): Promise<void> {
  await db
    .update(deliveries)
    .set({ nextAttemptAt: sql`clock_timestamp()`, claimedUntil: null })
    .where(
      or(
        and(inArray(deliveries.state, ["pending", "sending"]), isBeyond(deliveries.nextAttemptAt, longestWait)),
        and(eq(deliveries.state, "held"), isBeyond(deliveries.nextAttemptAt, longestHold)),
        and(eq(deliveries.state, "sending"), isBeyond(deliveries.claimedUntil, longestWait)),
      ),
    );
}
