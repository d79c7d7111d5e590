import { and, count, gt, inArray, isNotNull, isNull, max, or, type SQL } from "drizzle-orm";
import type { UserDto } from "#lib/contracts/people";
import type { Database, Transaction } from "#lib/db/client";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import type { Fields } from "#lib/domain/changed-fields";
import { isOpenSession } from "./open-session.ts";

export type UserRow = typeof users.$inferSelect;
export type UserState = UserDto["state"];

/** `disabled` wins; without a password an invitation waits. */
export function userState(row: Pick<UserRow, "disabledAt" | "passwordHash">): UserState {
  if (row.disabledAt !== null) return "disabled";
  return row.passwordHash === null ? "invited" : "active";
}

/** The same decision for the catalogue. */
export function hasState(state: UserState): SQL | undefined {
  if (state === "disabled") return isNotNull(users.disabledAt);
  return and(isNull(users.disabledAt), state === "invited" ? isNull(users.passwordHash) : isNotNull(users.passwordHash));
}

/** What the audit keeps of a person. */
export function auditedUser(row: UserRow): Fields {
  return { name: row.name, email: row.email, role: row.role, disabled: row.disabledAt !== null };
}

/** Rows as the API shows them, in their order, with what is counted beside them. */
export async function toUserDtos(db: Database | Transaction, rows: readonly UserRow[], now: Date): Promise<UserDto[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const [seen, open, tokens, links] = await Promise.all([
    db
      .select({ id: sessions.userId, at: max(sessions.lastSeenAt) })
      .from(sessions)
      .where(inArray(sessions.userId, ids))
      .groupBy(sessions.userId),
    db
      .select({ id: sessions.userId, n: count() })
      .from(sessions)
      .where(and(inArray(sessions.userId, ids), isOpenSession(now)))
      .groupBy(sessions.userId),
    db
      .select({ id: apiTokens.createdBy, n: count() })
      .from(apiTokens)
      .where(
        and(inArray(apiTokens.createdBy, ids), isNull(apiTokens.revokedAt), or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, now))),
      )
      .groupBy(apiTokens.createdBy),
    db
      .select({ id: oneTimeLinks.userId, at: max(oneTimeLinks.expiresAt) })
      .from(oneTimeLinks)
      .where(and(inArray(oneTimeLinks.userId, ids), isNull(oneTimeLinks.usedAt), gt(oneTimeLinks.expiresAt, now)))
      .groupBy(oneTimeLinks.userId),
  ]);
  const seenAt = new Map(seen.map(({ id, at }) => [id, at]));
  const openCount = new Map(open.map(({ id, n }) => [id, n]));
  const tokenCount = new Map(tokens.map(({ id, n }) => [id, n]));
  const linkEnd = new Map(links.map(({ id, at }) => [id, at]));
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    state: userState(row),
    lastSeenAt: seenAt.get(row.id)?.toISOString() ?? null,
    openSessions: openCount.get(row.id) ?? 0,
    liveTokens: tokenCount.get(row.id) ?? 0,
    locale: row.locale,
    timeZone: row.timeZone,
    theme: row.theme,
    linkExpiresAt: row.disabledAt === null ? (linkEnd.get(row.id)?.toISOString() ?? null) : null,
    createdAt: row.createdAt.toISOString(),
    version: row.version,
  }));
}

/** One row as the API shows it. */
export async function toUserDto(db: Database | Transaction, row: UserRow, now: Date): Promise<UserDto> {
  const [dto] = await toUserDtos(db, [row], now);
  if (dto === undefined) throw new Error("a row of a person made no answer");
  return dto;
}
