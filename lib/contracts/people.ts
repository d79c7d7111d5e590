import { z } from "zod";
import { roles } from "../domain/permissions.ts";
import { count, idOf, instant, pageOf, pageQuery, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { locales, password, themes } from "./session.ts";

/** `invited`: asked to come, has no password yet. `disabled` wins over both. */
export const userStates = ["active", "invited", "disabled"] as const;

const email = z.email().max(254);
const personName = text(120).min(1);
const userParams = z.object({ id: idOf("user") });

export const user = z.object({
  id: idOf("user"),
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  state: z.enum(userStates),
  /** Last request of any session; null when never signed in. */
  lastSeenAt: instant.nullable(),
  openSessions: count,
  /** Tokens made by this person that would work if the person may. They stop while the person is disabled. */
  liveTokens: count,
  locale: z.enum(locales).nullable(),
  timeZone: z.string().nullable(),
  theme: z.enum(themes),
  /** End of the one-time link that waits to be used; null when there is none. */
  linkExpiresAt: instant.nullable(),
  createdAt: instant,
  version: z.number().int(),
});
export type UserDto = z.infer<typeof user>;

/** What a one-time link is for. `invite` sets the first password, `reset` a new one; both end every session of the person. */
export const linkPurposes = ["invite", "reset"] as const;

/** Shown once, to whoever asked for it; only the digest of its token is kept. `path` is relative to the address of this Lifeboat. */
export const oneTimeLink = z.object({ purpose: z.enum(linkPurposes), path: z.string(), expiresAt: instant });
export type OneTimeLinkDto = z.infer<typeof oneTimeLink>;

export const listUsers = defineEndpoint({
  id: "listUsers",
  method: "GET",
  path: "/users",
  summary: "People of this Lifeboat, by name",
  permission: "people:manage",
  query: pageQuery.extend({ q: z.string().max(200).optional(), state: z.enum(userStates).optional(), role: z.enum(roles).optional() }),
  response: pageOf(user),
});

export const inviteUser = defineEndpoint({
  id: "inviteUser",
  method: "POST",
  path: "/users",
  summary: "Invite a person by a one-time link; the link is in this answer and nowhere else",
  permission: "people:manage",
  body: z.object({ email, name: personName, role: z.enum(roles) }),
  response: z.object({ user, link: oneTimeLink }),
  status: 201,
});

export const getUser = defineEndpoint({
  id: "getUser",
  method: "GET",
  path: "/users/{id}",
  summary: "One person",
  permission: "people:manage",
  params: userParams,
  response: user,
});

export const updateUser = defineEndpoint({
  id: "updateUser",
  method: "PATCH",
  path: "/users/{id}",
  summary:
    "Name, role, disabled or not; disabling ends every session at once. The last active admin can be neither disabled nor made a viewer",
  permission: "people:manage",
  params: userParams,
  body: z.object({ name: personName, role: z.enum(roles), disabled: z.boolean() }).partial(),
  response: user,
  ifMatch: true,
});

export const createUserLink = defineEndpoint({
  id: "createUserLink",
  method: "POST",
  path: "/users/{id}/link",
  summary: "A new one-time link: to accept the invitation, or to set a new password; links before it stop working",
  permission: "people:manage",
  params: userParams,
  response: oneTimeLink,
  status: 201,
});

export const session = z.object({
  id: idOf("session"),
  /** The session that asks. */
  current: z.boolean(),
  address: z.string(),
  userAgent: z.string(),
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant,
});
export type SessionDto = z.infer<typeof session>;

export const listUserSessions = defineEndpoint({
  id: "listUserSessions",
  method: "GET",
  path: "/users/{id}/sessions",
  summary: "Open sessions of a person",
  permission: "people:manage",
  params: userParams,
  response: z.object({ items: z.array(session) }),
});

export const endUserSessions = defineEndpoint({
  id: "endUserSessions",
  method: "DELETE",
  path: "/users/{id}/sessions",
  summary: "End every session of a person",
  permission: "people:manage",
  params: userParams,
  response: z.object({ ended: count }),
});

export const listMySessions = defineEndpoint({
  id: "listMySessions",
  method: "GET",
  path: "/me/sessions",
  summary: "Open sessions of the signed-in person",
  permission: "profile:edit",
  response: z.object({ items: z.array(session) }),
});

export const endMySession = defineEndpoint({
  id: "endMySession",
  method: "DELETE",
  path: "/me/sessions/{id}",
  summary: "End one session of one's own",
  permission: "profile:edit",
  params: z.object({ id: idOf("session") }),
  response: z.object({ ended: count }),
});

export const endMyOtherSessions = defineEndpoint({
  id: "endMyOtherSessions",
  method: "DELETE",
  path: "/me/sessions",
  summary: "End every session of one's own but the one that asks",
  permission: "profile:edit",
  response: z.object({ ended: count }),
});

export const changeMyPassword = defineEndpoint({
  id: "changeMyPassword",
  method: "POST",
  path: "/me/password",
  summary: "Change one's own password; every other session ends",
  permission: "profile:edit",
  body: z.object({ current: z.string().min(1).max(200), next: password }),
  response: z.object({ ended: count }),
});

const linkToken = z.string().min(20).max(200);

export const inspectLink = defineEndpoint({
  id: "inspectLink",
  method: "POST",
  path: "/links/inspect",
  summary: "Whom a one-time link is for; nothing is used up",
  permission: "public",
  body: z.object({ token: linkToken }),
  response: z.object({ purpose: z.enum(linkPurposes), email: z.string(), name: z.string(), expiresAt: instant }),
});

export const useLink = defineEndpoint({
  id: "useLink",
  method: "POST",
  path: "/links/use",
  summary: "Set a password with a one-time link; every session of the person ends and the link is used up",
  permission: "public",
  body: z.object({ token: linkToken, password }),
  response: z.object({ email: z.string() }),
});
