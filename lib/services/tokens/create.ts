import { eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/tokens";
import type { Transaction } from "#lib/db/client";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { beyondAuthority } from "#lib/domain/authority";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { newToken, tokenHash, tokenPrefixes } from "#lib/secrets/token";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { selectTokens, toTokenDto, type TokenRow } from "./token-dto.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** Characters of the random part that stay visible. */
const hintLength = 4;

/** The token that calls, or null for a person. */
async function callingToken(tx: Transaction, { actor }: ServiceContext): Promise<TokenRow | null> {
  if (actor.type !== "token" || actor.id === null) return null;
  const [row] = await tx.select().from(apiTokens).where(eq(apiTokens.id, actor.id));
  if (row === undefined) throw new LifeboatError("not-signed-in");
  return row;
}

/** What a token makes ends with it at the latest: else a token for a day could make itself one for ever. */
function expiryOf(wanted: Date | null, parent: TokenRow | null): Date | null {
  const limit = parent?.expiresAt ?? null;
  if (limit === null) return wanted;
  return wanted === null || wanted > limit ? limit : wanted;
}

/**
 * Makes an API token; its value is in the answer and nowhere else. A token that makes another one passes on its own maker, so that both
 * stop with that person, and its own end. Throws `scope-not-yours` { permission } for what the caller itself may not do.
 */
export async function createToken(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.createToken>,
): Promise<EndpointOutput<typeof contract.createToken>> {
  authorise(context, "tokens:manage");
  const scopes = body.scopes === null ? null : [...new Set(body.scopes)];
  const permission = beyondAuthority(context.actor, { role: body.role, scopes });
  if (permission !== null) throw new LifeboatError("scope-not-yours", { permission });
  const secret = newToken(tokenPrefixes.api);
  const id = makeId("token", context.newUuid());
  const now = context.now();
  return context.db.transaction(async (tx) => {
    const parent = await callingToken(tx, context);
    const wantedEnd = body.expiresInDays === null ? null : new Date(now.getTime() + body.expiresInDays * dayMs);
    const expiresAt = expiryOf(wantedEnd, parent);
    await tx.insert(apiTokens).values({
      id,
      name: body.name,
      tokenHash: tokenHash(secret),
      hint: secret.slice(0, tokenPrefixes.api.length + hintLength),
      role: body.role,
      scopes,
      createdBy: parent === null ? context.actor.id : parent.createdBy,
      createdAt: now,
      expiresAt,
    });
    await recordAudit(tx, context, {
      action: "token.create",
      targetType: "token",
      targetId: id,
      targetName: body.name,
      after: { name: body.name, role: body.role, scopes, expiresAt },
    });
    const [made] = await selectTokens(tx).where(eq(apiTokens.id, id));
    if (made === undefined) throw new Error("the token that was inserted is gone");
    return { token: toTokenDto(made, now), secret };
  });
}
