import { eq, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/session";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { getMe } from "./me.ts";

/** Throws `invalid-input` for a zone that this machine's time-zone data does not know. */
function requireTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat("en", { timeZone }).resolvedOptions();
  } catch (cause) {
    throw new LifeboatError("invalid-input", { issues: "timeZone: not a known time zone" }, { cause });
  }
}

/** Changes the caller's own preferences; fields left out stay. Tokens have none (`not-allowed`). */
export async function updateMe(context: ServiceContext, { body }: EndpointInput<typeof contract.updateMe>): Promise<contract.MeDto> {
  authorise(context, "profile:edit");
  const { actor } = context;
  const userId = actor.type === "user" ? actor.id : null;
  if (userId === null) throw new LifeboatError("not-allowed", { permission: "profile:edit" });
  if (body.timeZone) requireTimeZone(body.timeZone);
  await context.db.transaction(async (tx) => {
    const [before] = await tx.select().from(users).where(eq(users.id, userId)).for("update");
    if (before === undefined) throw new LifeboatError("not-found", { entity: "user", id: userId });
    await tx
      .update(users)
      .set({ ...body, version: sql`${users.version} + 1`, updatedAt: context.now() })
      .where(eq(users.id, userId));
    const shown = ({ locale, timeZone, theme }: typeof before) => ({ locale, timeZone, theme });
    await recordAudit(tx, context, {
      action: "user.update",
      targetType: "user",
      targetId: userId,
      targetName: before.name,
      before: shown(before),
      after: { ...shown(before), ...body },
    });
  });
  return getMe(context);
}
