import { isTimeZone } from "#lib/i18n/negotiate";
import type { ChannelDto } from "#lib/contracts/notifications";
import { goesElsewhere, recipientsOf, secretKindOf, sendsWords, type ChannelDraft } from "./channel-draft.ts";

/** Keys of the form's own words (`notifications.form.<key>`). */
export type FaultKey =
  | "required"
  | "emailWrong"
  | "portWrong"
  | "urlWrong"
  | "topicWrong"
  | "chooseAlert"
  | "chooseSource"
  | "quietZoneWrong"
  | "quietSame";
export type Fault = { readonly key: FaultKey; readonly address?: string };
export type Faults = Partial<Record<keyof ChannelDraft, Fault>>;

const required: Fault = { key: "required" };
const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(text);

function isWebUrl(text: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(text.trim()).protocol);
  } catch {
    return false;
  }
}

/** What keeps a draft from being saved, by field; the server looks again. `stored` is the channel that is edited. */
export function faultsOf(draft: ChannelDraft, stored: ChannelDto | null): Faults {
  return {
    ...(draft.name.trim() === "" ? { name: required } : {}),
    ...addressFaults(draft),
    ...secretFaults(draft, stored),
    ...ruleFaults(draft),
  };
}

function addressFaults(draft: ChannelDraft): Faults {
  switch (draft.type) {
    case "email":
      return emailFaults(draft);
    case "telegram":
      return {
        ...(draft.chatId.trim() === "" ? { chatId: required } : {}),
        ...(isWebUrl(draft.apiOrigin) ? {} : { apiOrigin: { key: "urlWrong" } }),
      };
    case "ntfy":
      return {
        ...(isWebUrl(draft.server) ? {} : { server: { key: "urlWrong" } }),
        ...(/^[A-Za-z0-9_-]{1,64}$/u.test(draft.topic.trim()) ? {} : { topic: { key: "topicWrong" } }),
      };
    default:
      return {};
  }
}

function emailFaults({ host, port, from, to }: ChannelDraft): Faults {
  const wrong = recipientsOf(to).find((each) => !looksLikeEmail(each));
  const number = Number(port);
  return {
    ...(host.trim() === "" ? { host: required } : {}),
    ...(Number.isInteger(number) && number >= 1 && number <= 65_535 ? {} : { port: { key: "portWrong" } }),
    ...(looksLikeEmail(from.trim()) ? {} : { from: from.trim() === "" ? required : { key: "emailWrong", address: from.trim() } }),
    ...(wrong !== undefined ? { to: { key: "emailWrong", address: wrong } } : recipientsOf(to).length === 0 ? { to: required } : {}),
  };
}

function secretFaults(draft: ChannelDraft, stored: ChannelDto | null): Faults {
  const { kind, optional } = secretKindOf(draft.type);
  const typed = draft[kind].trim();
  if (typed === "") {
    const keepsStored = stored !== null && stored.secret[kind] && !goesElsewhere(draft, stored);
    const isOptional = optional && !(stored !== null && goesElsewhere(draft, stored));
    return keepsStored || isOptional ? {} : { [kind]: required };
  }
  return kind === "url" && !isWebUrl(typed) ? { url: { key: "urlWrong" } } : {};
}

function ruleFaults({ type, alerts, sourceIds, quiet, pingOn }: ChannelDraft): Faults {
  const isForSources = sendsWords(type) || pingOn !== "alive";
  const told = sendsWords(type);
  return {
    ...(told && alerts?.length === 0 ? { alerts: { key: "chooseAlert" } } : {}),
    ...(isForSources && sourceIds?.length === 0 ? { sourceIds: { key: "chooseSource" } } : {}),
    ...(told && quiet.on && !isTimeZone(quiet.timeZone.trim())
      ? { quiet: { key: "quietZoneWrong" } }
      : told && quiet.on && quiet.from === quiet.to
        ? { quiet: { key: "quietSame" } }
        : {}),
  };
}
