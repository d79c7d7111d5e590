import { apiTokens } from "#lib/db/schema/api-tokens";
import { makeId } from "#lib/domain/ids";
import { rememberSecret } from "#lib/log/redact";
import { tokenHash } from "#lib/secrets/token";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";

const name = "bootstrap";

/**
 * Makes sure that an admin API token of this value exists; only its digest is kept. A token that was revoked stays revoked: restarting
 * with the old variable does not bring it back.
 */
export async function ensureBootstrapToken(context: ServiceContext, token: string): Promise<void> {
  rememberSecret(token);
  await context.db.transaction(async (tx) => {
    const id = makeId("token", context.newUuid());
    const inserted = await tx
      .insert(apiTokens)
      .values({ id, name, tokenHash: tokenHash(token), role: "admin", scopes: null, createdAt: context.now() })
      .onConflictDoNothing({ target: apiTokens.tokenHash })
      .returning({ id: apiTokens.id });
    if (inserted.length === 0) return;
    await recordAudit(tx, context, {
      action: "token.create",
      targetType: "token",
      targetId: id,
      targetName: name,
      after: { name, role: "admin" },
    });
  });
}
