import type { z } from "zod";
import type { ChannelDto, createChannel, updateChannel } from "#lib/contracts/notifications";
import type { AlertCode, ChannelType } from "#lib/domain/alert-codes";

/** Every field of every type as it is typed; which of them count is decided by `type`. */
export type ChannelDraft = {
  readonly type: ChannelType;
  readonly name: string;
  readonly enabled: boolean;
  readonly host: string;
  readonly port: string;
  readonly security: "starttls" | "tls" | "none";
  readonly username: string;
  readonly from: string;
  readonly to: string;
  readonly chatId: string;
  readonly apiOrigin: string;
  readonly server: string;
  readonly topic: string;
  readonly stateChanges: boolean;
  readonly pingOn: "backups" | "verifications" | "clean-ups" | "alive";
  /** What is typed of the secret; empty keeps the stored one. */
  readonly url: string;
  readonly token: string;
  readonly password: string;
  readonly alerts: readonly AlertCode[] | null;
  readonly sourceIds: readonly string[] | null;
  readonly language: "en" | "es";
  readonly repeatHours: number | null;
  readonly quiet: {
    readonly on: boolean;
    readonly from: string;
    readonly to: string;
    readonly timeZone: string;
    readonly exceptUrgent: boolean;
  };
};

export function newDraft(type: ChannelType, { language, timeZone }: { language: "en" | "es"; timeZone: string }): ChannelDraft {
  return {
    type,
    name: "",
    enabled: true,
    host: "",
    port: "587",
    security: "starttls",
    username: "",
    from: "",
    to: "",
    chatId: "",
    apiOrigin: "https://api.telegram.org",
    server: "https://ntfy.sh",
    topic: "",
    stateChanges: false,
    pingOn: "backups",
    url: "",
    token: "",
    password: "",
    alerts: null,
    sourceIds: null,
    language,
    repeatHours: 24,
    quiet: { on: false, from: "22:00", to: "07:00", timeZone, exceptUrgent: true },
  };
}

export function draftOf(channel: ChannelDto, timeZone: string): ChannelDraft {
  const { config, quietHours } = channel;
  const base = newDraft(config.type, { language: channel.language, timeZone: quietHours?.timeZone ?? timeZone });
  return {
    ...base,
    ...fieldsOf(config),
    name: channel.name,
    enabled: channel.enabled,
    alerts: channel.alerts,
    sourceIds: channel.sourceIds,
    repeatHours: channel.repeatHours,
    quiet: quietHours === null ? base.quiet : { on: true, ...quietHours },
  };
}

function fieldsOf(config: ChannelDto["config"]): Partial<ChannelDraft> {
  switch (config.type) {
    case "email":
      return { ...config, port: String(config.port), to: config.to.join("\n") };
    case "healthchecks":
      return { pingOn: config.on };
    case "telegram":
    case "ntfy":
    case "webhook":
      return config;
    case "slack":
    case "discord":
    case "teams":
      return {};
  }
}

export function recipientsOf(text: string): string[] {
  return text
    .split(/[\s,;]+/u)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function configOf(draft: ChannelDraft): ChannelDto["config"] {
  const { type } = draft;
  switch (type) {
    case "email": {
      const { host, port, security, username, from, to } = draft;
      return {
        type,
        host: host.trim(),
        port: Number(port),
        security,
        username: username.trim(),
        from: from.trim(),
        to: recipientsOf(to),
      };
    }
    case "telegram":
      return { type, chatId: draft.chatId.trim(), apiOrigin: draft.apiOrigin.trim() };
    case "ntfy":
      return { type, server: draft.server.trim(), topic: draft.topic.trim() };
    case "webhook":
      return { type, stateChanges: draft.stateChanges };
    case "healthchecks":
      return { type, on: draft.pingOn };
    case "slack":
    case "discord":
    case "teams":
      return { type };
  }
}

type SecretKind = "url" | "token" | "password";

/** Which secret a type has, and whether it works without. */
export function secretKindOf(type: ChannelType): { readonly kind: SecretKind; readonly optional: boolean } {
  switch (type) {
    case "email":
      return { kind: "password", optional: true };
    case "telegram":
      return { kind: "token", optional: false };
    case "ntfy":
      return { kind: "token", optional: true };
    case "slack":
    case "discord":
    case "teams":
    case "webhook":
    case "healthchecks":
      return { kind: "url", optional: false };
  }
}

/**
 * Whether the stored secret would go to another address than the one it was given for: then it has to be typed in again. A secret URL
 * is its own address.
 */
export function goesElsewhere(draft: ChannelDraft, stored: ChannelDto): boolean {
  const { config } = stored;
  if (!stored.secret[secretKindOf(draft.type).kind]) return false;
  switch (config.type) {
    case "email":
      return (
        draft.host.trim().toLowerCase() !== config.host.toLowerCase() ||
        Number(draft.port) !== config.port ||
        draft.security !== config.security
      );
    case "telegram":
      return draft.apiOrigin.trim() !== config.apiOrigin;
    case "ntfy":
      return draft.server.trim() !== config.server;
    default:
      return false;
  }
}

/** A dead-man's switch sends no words: it has neither alerts nor a language nor hours in which it is silent. */
export function sendsWords(type: ChannelType): boolean {
  return type !== "healthchecks";
}

function settingsOf(draft: ChannelDraft) {
  const { on, ...hours } = draft.quiet;
  const told = sendsWords(draft.type);
  const isForSources = told || draft.pingOn !== "alive";
  return {
    name: draft.name.trim(),
    config: configOf(draft),
    enabled: draft.enabled,
    alerts: told && draft.alerts !== null ? [...draft.alerts] : null,
    sourceIds: isForSources && draft.sourceIds !== null ? [...draft.sourceIds] : null,
    language: draft.language,
    quietHours: told && on ? { ...hours, timeZone: hours.timeZone.trim() } : null,
    repeatHours: told ? draft.repeatHours : null,
  };
}

function secretOf(draft: ChannelDraft): Partial<Record<SecretKind, string>> {
  const { kind } = secretKindOf(draft.type);
  const typed = draft[kind].trim();
  return typed === "" ? {} : { [kind]: typed };
}

export function toInput(draft: ChannelDraft): z.input<typeof createChannel.body> {
  return { ...settingsOf(draft), secret: secretOf(draft) };
}

/** Without `secret` the stored one stays. */
export function toPatch(draft: ChannelDraft): z.input<typeof updateChannel.body> {
  const secret = secretOf(draft);
  return Object.keys(secret).length === 0 ? settingsOf(draft) : { ...settingsOf(draft), secret };
}
