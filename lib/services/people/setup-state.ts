import { eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/session";
import type { Database, Transaction } from "#lib/db/client";
import { users } from "#lib/db/schema/users";
import type { ServiceContext } from "../context.ts";

/** True when there is an admin, enabled or not: disabling the last one does not open set-up again. */
export async function hasAdmin(db: Database | Transaction): Promise<boolean> {
  const rows = await db.select({ id: users.id }).from(users).where(eq(users.role, "admin")).limit(1);
  return rows.length > 0;
}

/** Public: tells whether the first admin is still missing, and nothing else. */
export async function getSetupState(
  context: ServiceContext,
  _input?: EndpointInput<typeof contract.getSetupState>,
): Promise<EndpointOutput<typeof contract.getSetupState>> {
  return { needsAdmin: !(await hasAdmin(context.db)) };
}
