import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/session";
import { users } from "#lib/db/schema/users";
import { permissionsOf } from "#lib/domain/permissions";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Who the caller is. A token has no e-mail address and no preferences. */
export async function getMe(context: ServiceContext, _input?: EndpointInput<typeof contract.getMe>): Promise<contract.MeDto> {
  authorise(context, "profile:edit");
  const { actor } = context;
  const [user] = actor.type === "user" && actor.id !== null ? await context.db.select().from(users).where(eq(users.id, actor.id)) : [];
  return {
    id: actor.id ?? "",
    type: actor.type === "token" ? "token" : "user",
    name: user?.name ?? actor.name,
    email: user?.email ?? null,
    role: actor.role,
    permissions: permissionsOf(actor.role, actor.scopes),
    locale: user?.locale ?? null,
    timeZone: user?.timeZone ?? null,
    theme: user?.theme ?? "system",
  };
}
