import { and, desc, eq } from "drizzle-orm";
import type { SessionDto } from "#lib/contracts/people";
import { sessions } from "#lib/db/schema/sessions";
import type { ServiceContext } from "../context.ts";
import { isOpenSession } from "./open-session.ts";

/** More open sessions than this are not listed; ending all of them ends those, too. */
const listedAtMost = 200;

/** A person's open sessions, the one used last first. */
export async function openSessionsOf(context: ServiceContext, userId: string): Promise<SessionDto[]> {
  const rows = await context.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isOpenSession(context.now())))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(listedAtMost);
  return rows.map((row) => ({
    id: row.id,
    current: row.id === context.actor.sessionId,
    address: row.address,
    userAgent: row.userAgent,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
}
