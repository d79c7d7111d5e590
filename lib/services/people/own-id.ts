import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";

/** The person that calls. Tokens have neither sessions nor a password: they get `not-allowed`. */
export function ownId(context: ServiceContext): string {
  const { actor } = context;
  if (actor.type !== "user" || actor.id === null) throw new LifeboatError("not-allowed", { permission: "profile:edit" });
  return actor.id;
}
