import { eq, or } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import type { Transaction } from "#lib/db/client";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { endLinksOf } from "./one-time-link.ts";
import { requireAuthorityOver } from "./require-authority.ts";
import { auditedUser, toUserDto, type UserRow, userState } from "./user-dto.ts";

/**
 * Locks the person and every admin, in one order for everybody: of two admins who demote each other at once the second one waits here and
 * then sees what the first one did.
 */
async function lockWithAdmins(tx: Transaction, id: string): Promise<{ person: UserRow; admins: UserRow[] }> {
  const rows = await tx
    .select()
    .from(users)
    .where(or(eq(users.role, "admin"), eq(users.id, id)))
    .orderBy(users.id)
    .for("update");
  const person = rows.find((row) => row.id === id);
  if (person === undefined) throw new LifeboatError("not-found", { entity: "user", id });
  return { person, admins: rows.filter((row) => row.role === "admin") };
}

function isActiveAdmin(row: UserRow): boolean {
  return row.role === "admin" && userState(row) === "active";
}

function actionOf(before: UserRow, after: UserRow): string {
  if ((before.disabledAt === null) === (after.disabledAt === null)) return "user.update";
  return after.disabledAt === null ? "user.enable" : "user.disable";
}

/**
 * Changes name, role, or whether the person may sign in. Disabling ends sessions and links in the same transaction; the person's tokens
 * stop because `identify` asks for their maker. Throws `not-found`, `version-required`, `version-conflict`, `last-admin`, and `not-allowed`
 * where the caller's token does not cover the person's role, old or new.
 */
export async function updateUser(context: ServiceContext, input: EndpointInput<typeof contract.updateUser>): Promise<contract.UserDto> {
  authorise(context, "people:manage");
  const expected = requireVersion(input.ifMatch);
  const { name, role, disabled } = input.body;
  const now = context.now();
  return context.db.transaction(async (tx) => {
    const { person, admins } = await lockWithAdmins(tx, input.params.id);
    requireAuthorityOver(context, person.role, role ?? person.role);
    refuseStale("user", person.version, expected);
    const wanted = {
      ...person,
      name: name ?? person.name,
      role: role ?? person.role,
      disabledAt: (disabled ?? person.disabledAt !== null) ? (person.disabledAt ?? now) : null,
    };
    const others = admins.filter((admin) => admin.id !== person.id);
    if (isActiveAdmin(person) && !isActiveAdmin(wanted) && !others.some(isActiveAdmin)) throw new LifeboatError("last-admin");
    const [after] = await tx
      .update(users)
      .set({ name: wanted.name, role: wanted.role, disabledAt: wanted.disabledAt, version: person.version + 1, updatedAt: now })
      .where(eq(users.id, person.id))
      .returning();
    if (after === undefined) throw new Error("the update returned no row");
    if (after.disabledAt !== null && person.disabledAt === null) {
      await endSessionsOf(tx, person.id, now);
      await endLinksOf(tx, person.id);
    }
    await recordAudit(tx, context, {
      action: actionOf(person, after),
      targetType: "user",
      targetId: person.id,
      targetName: after.name,
      before: auditedUser(person),
      after: auditedUser(after),
    });
    return toUserDto(tx, after, now);
  });
}
