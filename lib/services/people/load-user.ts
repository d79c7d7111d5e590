import { eq } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import type { UserRow } from "./user-dto.ts";

/** The person's row. Throws `not-found`. */
export async function getUserOrThrow(db: Database | Transaction, id: string): Promise<UserRow> {
  const [row] = await db.select().from(users).where(eq(users.id, id));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "user", id });
  return row;
}

/** The same, locked until the transaction ends. Whatever touches a person's password, links or sessions takes this lock first. */
export async function lockUser(tx: Transaction, id: string): Promise<UserRow> {
  const [row] = await tx.select().from(users).where(eq(users.id, id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "user", id });
  return row;
}
