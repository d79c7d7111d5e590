import { z } from "zod";
import { permissions, roles } from "../domain/permissions.ts";
import { actorRef, idOf, instant, pageOf, pageQuery, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/** `stopped`: it would work, but whoever made it is disabled. */
export const tokenStates = ["active", "expired", "revoked", "stopped"] as const;

export const apiToken = z.object({
  id: idOf("token"),
  name: z.string(),
  /** First characters, to tell tokens apart; empty for tokens that were made before they were kept. */
  hint: z.string(),
  /** What it may be at most now: never more than whoever made it is. */
  role: z.enum(roles),
  /** Null: everything that the role may do. */
  scopes: z.array(z.enum(permissions)).nullable(),
  state: z.enum(tokenStates),
  createdBy: actorRef.nullable(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  lastUsedAddress: z.string().nullable(),
  revokedAt: instant.nullable(),
});
export type ApiTokenDto = z.infer<typeof apiToken>;

export const listTokens = defineEndpoint({
  id: "listTokens",
  method: "GET",
  path: "/tokens",
  summary: "API tokens, newest first; never their values",
  permission: "tokens:manage",
  query: pageQuery.extend({ state: z.enum(tokenStates).optional(), q: z.string().max(200).optional() }),
  response: pageOf(apiToken),
});

export const createToken = defineEndpoint({
  id: "createToken",
  method: "POST",
  path: "/tokens",
  summary: "Make an API token; its value is in this answer and nowhere else",
  permission: "tokens:manage",
  body: z.object({
    name: text(120).min(1),
    role: z.enum(roles),
    /** Null: everything that the role may do. Only what the caller itself may do can be given. */
    scopes: z.array(z.enum(permissions)).min(1).max(permissions.length).nullable(),
    /** Days until it ends, or null for a token that does not end by itself. */
    expiresInDays: z.number().int().min(1).max(3650).nullable(),
  }),
  response: z.object({ token: apiToken, secret: z.string() }),
  status: 201,
});

export const revokeToken = defineEndpoint({
  id: "revokeToken",
  method: "DELETE",
  path: "/tokens/{id}",
  summary: "Revoke an API token at once; its row stays for the record",
  permission: "tokens:manage",
  params: z.object({ id: idOf("token") }),
  response: apiToken,
});
