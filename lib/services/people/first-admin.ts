import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/session";
import { LifeboatError } from "#lib/domain/error";
import { hashPassword } from "#lib/secrets/password";
import { systemActor, type ServiceContext } from "../context.ts";
import { insertFirstAdmin, requireNoAdmin } from "./insert-admin.ts";
import { hasAdmin } from "./setup-state.ts";
import { issueSetupToken, useSetupToken } from "./setup-token.ts";
import { attemptKey, forgiveAttempt, reserveAttempt } from "./sign-in-limit.ts";

/**
 * Makes the first admin for whoever holds the set-up link. Token and admin are one transaction: the link works once. Throws `setup-done`,
 * `setup-token-invalid` and, after many tries from one address, `sign-in-blocked`.
 */
export async function createFirstAdmin(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.createFirstAdmin>,
): Promise<EndpointOutput<typeof contract.createFirstAdmin>> {
  const keys = [attemptKey("setup", context.address ?? "unknown")];
  await reserveAttempt(context.db, keys, context.now());
  if (await hasAdmin(context.db)) throw new LifeboatError("setup-done");
  const passwordHash = await hashPassword(body.password);
  const id = await context.db.transaction(async (tx) => {
    await requireNoAdmin(tx);
    await useSetupToken(tx, context, body.token);
    return insertFirstAdmin(tx, { ...context, actor: systemActor }, { name: body.name, email: body.email, passwordHash });
  });
  await forgiveAttempt(context.db, keys);
  return { id };
}

/** What start-up found or did: an admin is there, one was made from the configuration, or a link was issued to make one. */
export type FirstAdminOutcome = { kind: "present" } | { kind: "created"; email: string } | { kind: "link"; token: string };

/**
 * Called at each start. Without an admin it makes one from `LIFEBOAT_ADMIN_EMAIL` and `LIFEBOAT_ADMIN_PASSWORD`, else a fresh set-up token,
 * of which only the digest is kept.
 */
export async function prepareFirstAdmin(
  context: ServiceContext,
  credentials: { email: string; password: string } | null,
): Promise<FirstAdminOutcome> {
  if (await hasAdmin(context.db)) return { kind: "present" };
  const passwordHash = credentials === null ? "" : await hashPassword(credentials.password);
  try {
    return await context.db.transaction(async (tx): Promise<FirstAdminOutcome> => {
      await requireNoAdmin(tx);
      if (credentials === null) return { kind: "link", token: await issueSetupToken(tx, context) };
      const name = credentials.email.split("@", 1)[0] ?? credentials.email;
      await insertFirstAdmin(tx, context, { name, email: credentials.email, passwordHash });
      return { kind: "created", email: credentials.email };
    });
  } catch (error) {
    if (error instanceof LifeboatError && error.code === "setup-done") return { kind: "present" };
    throw error;
  }
}
