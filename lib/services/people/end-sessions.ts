import { and, eq, isNull, ne } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { sessions } from "#lib/db/schema/sessions";
import { isOpenSession } from "./open-session.ts";

/** Ends a person's sessions, all or all but one, and tells how many of them were open. Their cookies are worth nothing from then on. */
export async function endSessionsOf(
  tx: Transaction,
  userId: string,
  now: Date,
  options: { exceptSessionId?: string | null } = {},
): Promise<number> {
  const { exceptSessionId = null } = options;
  const theirs = and(eq(sessions.userId, userId), exceptSessionId === null ? undefined : ne(sessions.id, exceptSessionId));
  const open = await tx
    .update(sessions)
    .set({ endedAt: now })
    .where(and(theirs, isOpenSession(now)))
    .returning({ id: sessions.id });
  // Those that had run out by themselves, too: a clock that is set back must not bring them back.
  await tx
    .update(sessions)
    .set({ endedAt: now })
    .where(and(theirs, isNull(sessions.endedAt)));
  return open.length;
}
