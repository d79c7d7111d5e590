import { and, gt, gte, isNull, lte, type SQL } from "drizzle-orm";
import { sessions } from "#lib/db/schema/sessions";

/** Hosts of one installation may differ by this much, in milliseconds. */
const clockSlackMs = 5 * 60_000;

/** A session that nobody used for this long has ended, in milliseconds. */
export const sessionIdleMs = 24 * 60 * 60 * 1000;

/** True for rows of sessions that still let somebody in at `now`, if the person may. */
export function isOpenSession(now: Date): SQL | undefined {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, now),
    gte(sessions.lastSeenAt, new Date(now.getTime() - sessionIdleMs)),
    // Begun under a clock that was years ahead, it would last for years.
    lte(sessions.createdAt, new Date(now.getTime() + clockSlackMs)),
  );
}
