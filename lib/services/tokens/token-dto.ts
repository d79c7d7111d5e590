import { and, eq, gt, isNotNull, isNull, lte, or, type SQL } from "drizzle-orm";
import type { ApiTokenDto } from "#lib/contracts/tokens";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { users } from "#lib/db/schema/users";
import { lesserRole } from "#lib/domain/permissions";
import type { Database, Transaction } from "#lib/db/client";

export type TokenRow = typeof apiTokens.$inferSelect;
export type TokenState = ApiTokenDto["state"];

/** Whoever made a token; null for one that start-up made. */
export type TokenMaker = Pick<typeof users.$inferSelect, "id" | "name" | "role" | "disabledAt"> | null;
export type TokenJoined = { readonly token: TokenRow; readonly maker: TokenMaker };

const makerColumns = { id: users.id, name: users.name, role: users.role, disabledAt: users.disabledAt };

/** Tokens with their makers, as a query to be narrowed. */
export function selectTokens(db: Database | Transaction) {
  return db.select({ token: apiTokens, maker: makerColumns }).from(apiTokens).leftJoin(users, eq(users.id, apiTokens.createdBy)).$dynamic();
}

/** What keeps a token from working, if anything. */
export function tokenState({ token, maker }: TokenJoined, now: Date): TokenState {
  if (token.revokedAt !== null) return "revoked";
  if (token.expiresAt !== null && token.expiresAt <= now) return "expired";
  return maker !== null && maker.disabledAt !== null ? "stopped" : "active";
}

/** The same decision for the catalogue, over `selectTokens`. */
export function hasTokenState(state: TokenState, now: Date): SQL | undefined {
  const unexpired = or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, now));
  switch (state) {
    case "revoked":
      return isNotNull(apiTokens.revokedAt);
    case "expired":
      return and(isNull(apiTokens.revokedAt), lte(apiTokens.expiresAt, now));
    case "stopped":
      return and(isNull(apiTokens.revokedAt), unexpired, isNotNull(users.disabledAt));
    case "active":
      return and(isNull(apiTokens.revokedAt), unexpired, isNull(users.disabledAt));
    default:
      return state satisfies never;
  }
}

/** What a token may be at most now: its own role, or its maker's if that became the lesser one. */
export function effectiveRole({ token, maker }: Pick<TokenJoined, "maker"> & { token: Pick<TokenRow, "role"> }): TokenRow["role"] {
  return maker === null ? token.role : lesserRole(token.role, maker.role);
}

export function toTokenDto(joined: TokenJoined, now: Date): ApiTokenDto {
  const { token, maker } = joined;
  return {
    id: token.id,
    name: token.name,
    hint: token.hint,
    role: effectiveRole(joined),
    scopes: token.scopes,
    state: tokenState(joined, now),
    createdBy: maker === null ? null : { type: "user", id: maker.id, name: maker.name },
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    lastUsedAddress: token.lastUsedAddress,
    revokedAt: token.revokedAt?.toISOString() ?? null,
  };
}
