import { sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { hasAdmin } from "./setup-state.ts";

/** Arbitrary and fixed: whoever makes the first admin holds it, so that of two requests one wins and the other is refused. */
const firstAdminLock = 5_402_371_190;

/** Takes the turn for making the first admin, until the transaction ends. Throws `setup-done` when there is an admin. */
export async function requireNoAdmin(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${firstAdminLock})`);
  if (await hasAdmin(tx)) throw new LifeboatError("setup-done");
}

/** Writes the first admin with its audit row; call it after `requireNoAdmin` in the same transaction. */
export async function insertFirstAdmin(
  tx: Transaction,
  context: ServiceContext,
  admin: { name: string; email: string; passwordHash: string },
): Promise<string> {
  const id = makeId("user", context.newUuid());
  const now = context.now();
  await tx.insert(users).values({ id, ...admin, role: "admin", createdAt: now, updatedAt: now });
  await recordAudit(tx, context, {
    action: "user.create",
    targetType: "user",
    targetId: id,
    targetName: admin.name,
    after: { name: admin.name, email: admin.email, role: "admin" },
  });
  return id;
}
