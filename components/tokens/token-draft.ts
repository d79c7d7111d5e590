import type { z } from "zod";
import type { createToken } from "#lib/contracts/tokens";
import type { Permission, Role } from "#lib/domain/permissions";
import { allowedScopes, presets, type TokenUse } from "./scopes.ts";

/** Lifetimes on offer, in days; `never` ends by being revoked only. */
export const lifetimes = ["30", "90", "365", "never"] as const;
export type Lifetime = (typeof lifetimes)[number];

export type TokenDraft = {
  readonly name: string;
  readonly use: TokenUse;
  readonly role: Role;
  readonly chosen: ReadonlySet<Permission>;
  readonly lifetime: Lifetime;
};

export const emptyDraft: TokenDraft = { name: "", use: "deploy", role: "admin", chosen: new Set(), lifetime: "90" };

/** Another use brings its own role; choosing one by one begins with what the use before it gave. */
export function withUse(draft: TokenDraft, use: TokenUse): TokenDraft {
  if (use === "own") {
    const before = draft.use === "own" ? null : presets[draft.use].scopes;
    return { ...draft, use, chosen: new Set(before ?? draft.chosen) };
  }
  return { ...draft, use, role: presets[use].role };
}

/** The scopes that would be sent: null is everything that the role may do. */
export function scopesOf({ use, role, chosen }: TokenDraft): Permission[] | null {
  if (use === "own") return allowedScopes(role, chosen);
  const { scopes } = presets[use];
  return scopes === null ? null : allowedScopes(role, new Set(scopes));
}

/** True when the form can be sent: it has a name and gives something. */
export function isComplete(draft: TokenDraft): boolean {
  return draft.name.trim() !== "" && scopesOf(draft)?.length !== 0;
}

export function toInput(draft: TokenDraft): z.input<typeof createToken.body> {
  const { name, role, lifetime } = draft;
  return { name: name.trim(), role, scopes: scopesOf(draft), expiresInDays: lifetime === "never" ? null : Number(lifetime) };
}
