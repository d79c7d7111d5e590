import type { Database } from "#lib/db/client";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import { makeId } from "#lib/domain/ids";
import type { Actor } from "#lib/services/context";
import { newUuid } from "#lib/services/new-uuid";

export type PersonRow = typeof users.$inferSelect;

/** A person who can sign in, unless told otherwise; `passwordHash` is no real one. */
export async function insertPerson(db: Database, change: Partial<typeof users.$inferInsert> = {}): Promise<PersonRow> {
  const id = makeId("user", newUuid());
  const now = new Date();
  const [row] = await db
    .insert(users)
    .values({
      id,
      email: `${id}@example.org`,
      name: "Ada",
      role: "viewer",
      passwordHash: "none",
      createdAt: now,
      updatedAt: now,
      ...change,
    })
    .returning();
  if (row === undefined) throw new Error("the person was not inserted");
  return row;
}

/** An open session of a person. */
export async function insertSession(db: Database, userId: string, change: Partial<typeof sessions.$inferInsert> = {}): Promise<string> {
  const id = makeId("session", newUuid());
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 3_600_000);
  await db
    .insert(sessions)
    .values({ id, userId, address: "127.0.0.1", userAgent: "test", createdAt: now, lastSeenAt: now, expiresAt, ...change });
  return id;
}

/** The person as the edge would identify it. */
export function actorOf(row: PersonRow, sessionId: string | null = null): Actor {
  return { type: "user", id: row.id, name: row.name, role: row.role, scopes: null, sessionId };
}
