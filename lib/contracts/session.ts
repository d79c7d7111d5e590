import { z } from "zod";
import { permissions, roles } from "../domain/permissions.ts";
import { idOf, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

export const locales = ["en", "es"] as const;
export const themes = ["system", "light", "dark"] as const;

/** At least 12 characters; length is what counts, so nothing else is asked for. */
export const password = z.string().min(12).max(200);

export const me = z.object({
  id: z.string(),
  type: z.enum(["user", "token"]),
  name: z.string(),
  email: z.string().nullable(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
  locale: z.enum(locales).nullable(),
  timeZone: z.string().nullable(),
  theme: z.enum(themes),
});
export type MeDto = z.infer<typeof me>;

export const getMe = defineEndpoint({
  id: "getMe",
  method: "GET",
  path: "/me",
  summary: "Who the caller is and what it may do",
  permission: "profile:edit",
  response: me,
});

export const updateMe = defineEndpoint({
  id: "updateMe",
  method: "PATCH",
  path: "/me",
  summary: "Language, time zone and theme of the signed-in person",
  permission: "profile:edit",
  body: z.object({ locale: z.enum(locales).nullable(), timeZone: z.string().max(64).nullable(), theme: z.enum(themes) }).partial(),
  response: me,
});

export const createFirstAdmin = defineEndpoint({
  id: "createFirstAdmin",
  method: "POST",
  path: "/setup/first-admin",
  summary: "Create the first admin with the one-time set-up token",
  permission: "public",
  body: z.object({ token: z.string().min(20).max(200), name: text(120).min(1), email: z.email().max(254), password }),
  response: z.object({ id: idOf("user") }),
  status: 201,
});

/** Whether the first-run page has something to do: no admin yet, no server yet. */
export const getSetupState = defineEndpoint({
  id: "getSetupState",
  method: "GET",
  path: "/setup",
  summary: "What first run still has to do",
  permission: "public",
  response: z.object({ needsAdmin: z.boolean() }),
});

export const startSample = defineEndpoint({
  id: "startSample",
  method: "POST",
  path: "/setup/sample",
  summary: "Start the sample cluster with its shop database, add it as a source and back it up once",
  permission: "sources:write",
  response: z.object({ state: z.enum(["requested", "present"]) }),
  status: 202,
});
