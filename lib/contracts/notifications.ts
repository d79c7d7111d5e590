import { z } from "zod";
import { alertCodes, channelTypes, deliveryKinds, deliveryStates } from "../domain/alert-codes.ts";
import { count, idOf, instant, pageOf, pageQuery, params, reason, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { timeZone } from "./schedules.ts";

const webUrl = z.url({ protocol: /^https?$/ }).max(2000);
const port = z.number().int().min(1).max(65_535);

/** What may be shown of a channel. Addresses that are a secret themselves (webhook URLs, tokens, passwords) stand in `secret` and are write-only. */
export const channelConfig = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("email"),
    host: z.string().min(1).max(255),
    port: port.default(587),
    /** `starttls`: refuses to go on in the clear. `tls`: from the first byte. `none`: for a relay on this host. */
    security: z.enum(["starttls", "tls", "none"]).default("starttls"),
    username: text(200).default(""),
    from: z.email(),
    to: z.array(z.email()).min(1).max(50),
  }),
  z.object({ type: z.literal("slack") }),
  z.object({ type: z.literal("discord") }),
  z.object({ type: z.literal("telegram"), chatId: text(80).min(1), apiOrigin: webUrl.default("https://api.telegram.org") }),
  z.object({ type: z.literal("teams") }),
  z.object({ type: z.literal("ntfy"), server: webUrl.default("https://ntfy.sh"), topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
  /** `stateChanges`: every change of a run, drill, incident, gate and slot as well, not alerts alone. */
  z.object({ type: z.literal("webhook"), stateChanges: z.boolean().default(false) }),
  /** Pings `<url>/start`, `<url>` and `<url>/fail`, as healthchecks.io and its like understand. `on`: backups, or the worker's own life every few minutes. */
  z.object({ type: z.literal("healthchecks"), on: z.enum(["backups", "verifications", "clean-ups", "alive"]).default("backups") }),
]);
export type ChannelConfig = z.infer<typeof channelConfig>;

/** Write-only. `url`: slack, discord, teams, webhook, healthchecks. `token`: telegram, ntfy. `password`: e-mail. `signingKey` of a webhook is made by Lifeboat and shown once. */
export const channelSecret = z.object({
  url: webUrl.optional(),
  token: z.string().max(500).optional(),
  password: z.string().max(500).optional(),
});

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const quietHours = z.object({
  from: wallTime,
  to: wallTime,
  timeZone,
  /** Urgent alerts are sent all the same. */ exceptUrgent: z.boolean(),
});

const editable = {
  name: text(120).min(1),
  config: channelConfig,
  secret: channelSecret,
  enabled: z.boolean(),
  /** Null: all of them. */
  alerts: z.array(z.enum(alertCodes)).nullable(),
  /** Null: all of them. */
  sourceIds: z.array(idOf("source")).max(1000).nullable(),
  language: z.enum(["en", "es"]),
  quietHours: quietHours.nullable(),
  /** An alert that stays open is told again after so many hours; null: never. */
  repeatHours: z.number().int().min(1).max(720).nullable(),
};

export const channel = z.object({
  id: idOf("channel"),
  ...editable,
  secret: z.object({ url: z.boolean(), token: z.boolean(), password: z.boolean() }),
  /** The host of a secret URL, so that people know which it is. */
  host: z.string().nullable(),
  lastSentAt: instant.nullable(),
  /** The last try failed, and why. */
  problem: reason.nullable(),
  pending: count,
  version: z.number().int(),
  createdAt: instant,
});
export type ChannelDto = z.infer<typeof channel>;

const byId = z.object({ id: idOf("channel") });

export const listChannels = defineEndpoint({
  id: "listChannels",
  method: "GET",
  path: "/channels",
  summary: "Where messages go; secrets are never shown",
  permission: "notifications:manage",
  query: pageQuery.extend({ type: z.enum(channelTypes).optional() }),
  response: pageOf(channel),
});

/** `signingKey` of a webhook is in this answer and nowhere else. */
const withKey = channel.extend({ signingKey: z.string().nullable() });

export const createChannel = defineEndpoint({
  id: "createChannel",
  method: "POST",
  path: "/channels",
  summary: "Add a channel; a webhook's signing key is in this answer and nowhere else",
  permission: "notifications:manage",
  body: z.object({
    name: editable.name,
    config: channelConfig,
    secret: channelSecret.default({}),
    enabled: editable.enabled.default(true),
    alerts: editable.alerts.default(null),
    sourceIds: editable.sourceIds.default(null),
    language: editable.language.default("en"),
    quietHours: editable.quietHours.default(null),
    repeatHours: editable.repeatHours.default(24),
  }),
  response: withKey,
  status: 201,
});

export const getChannel = defineEndpoint({
  id: "getChannel",
  method: "GET",
  path: "/channels/{id}",
  summary: "One channel",
  permission: "notifications:manage",
  params: byId,
  response: channel,
});

/** A new address or host needs its secret again; `newSigningKey` replaces a webhook's. */
export const updateChannel = defineEndpoint({
  id: "updateChannel",
  method: "PATCH",
  path: "/channels/{id}",
  summary: "Change a channel",
  permission: "notifications:manage",
  params: byId,
  body: z.object({ ...editable, newSigningKey: z.literal(true) }).partial(),
  response: withKey,
  ifMatch: true,
});

export const deleteChannel = defineEndpoint({
  id: "deleteChannel",
  method: "DELETE",
  path: "/channels/{id}",
  summary: "Remove a channel; what waits for it is dropped, its delivery log stays",
  permission: "notifications:manage",
  params: byId,
  response: z.null(),
  status: 204,
  ifMatch: true,
});

export const delivery = z.object({
  id: idOf("delivery"),
  channelId: z.string(),
  channelName: z.string(),
  channelType: z.enum(channelTypes),
  kind: z.enum(deliveryKinds),
  /** An alert's code, or a state change like `run.failed`. */
  code: z.string(),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  state: z.enum(deliveryStates),
  attempts: count,
  /** What an HTTP receiver answered last. */
  responseStatus: z.number().int().nullable(),
  error: reason.nullable(),
  createdAt: instant,
  nextAttemptAt: instant.nullable(),
  sentAt: instant.nullable(),
});
export type DeliveryDto = z.infer<typeof delivery>;

/** Sends a test message and waits for its end for at most ten seconds; then the delivery is still pending. */
export const testChannel = defineEndpoint({
  id: "testChannel",
  method: "POST",
  path: "/channels/{id}/test",
  summary: "Send a test message through a channel, quiet hours or not",
  permission: "notifications:manage",
  params: byId,
  response: delivery,
});

export const listDeliveries = defineEndpoint({
  id: "listDeliveries",
  method: "GET",
  path: "/deliveries",
  summary: "The delivery log, newest first",
  permission: "notifications:manage",
  query: pageQuery.extend({
    channel: idOf("channel").optional(),
    state: z.enum(deliveryStates).optional(),
    kind: z.enum(deliveryKinds).optional(),
    source: idOf("source").optional(),
  }),
  response: pageOf(delivery),
});

export const retryDelivery = defineEndpoint({
  id: "retryDelivery",
  method: "POST",
  path: "/deliveries/{id}/retry",
  summary: "Try a delivery that was given up once more",
  permission: "notifications:manage",
  params: z.object({ id: idOf("delivery") }),
  response: delivery,
  status: 202,
});

export const alert = z.object({
  id: idOf("alert"),
  code: z.enum(alertCodes),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  params,
  openedAt: instant,
  lastAt: instant,
  count,
  resolvedAt: instant.nullable(),
});
export type AlertDto = z.infer<typeof alert>;

export const listAlerts = defineEndpoint({
  id: "listAlerts",
  method: "GET",
  path: "/alerts",
  summary: "What is wrong now, or was, newest first",
  permission: "system:read",
  query: pageQuery.extend({
    state: z.enum(["open", "resolved"]).optional(),
    source: idOf("source").optional(),
    code: z.enum(alertCodes).optional(),
  }),
  response: pageOf(alert),
});
