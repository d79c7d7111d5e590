import { createTranslator } from "use-intl/core";
import english from "#messages/en" with { type: "json" };
import spanish from "#messages/es" with { type: "json" };
import { reasonText } from "../contracts/reason-text.ts";
import { reasonIn } from "../domain/alert-params.ts";
import { formatBytes } from "../format/bytes.ts";
import { formatMinute } from "../format/time.ts";
import type { MessageItem } from "./port.ts";

export type Reader = { readonly language: "en" | "es"; readonly timeZone: string; readonly publicUrl: string };

/** What people read of one item. */
export type Words = { readonly title: string; readonly lines: readonly string[]; readonly url: string };

function translatorOf(locale: "en" | "es", messages: typeof english) {
  const alerts = { alerts: messages.alerts, errors: messages.errors };
  // Who knows too little about an alert still has to be told of it: a missing value reads as `?`, never as an error.
  return createTranslator({ locale, timeZone: "UTC", messages: alerts, onError: () => undefined, getMessageFallback: () => "?" });
}

const translators = { en: translatorOf("en", english), es: translatorOf("es", spanish) } as const;

const missedReasons = english.alerts.missedReasons;
const anomalies = english.alerts.anomalies;

/** Every value that a text of `alerts` names; what a row of another version lacks reads `?`. */
const names =
  "at bytes dueAt freeBytes day host name neededBytes nominalAt openedAt path rows schema source table tables totalBytes usualBytes usualRows usualTables why".split(
    " ",
  );
const unknown: Record<string, string | number> = {
  ...Object.fromEntries(names.map((name) => [name, "?"])),
  findings: 0,
  backups: 0,
  failed: 0,
  missed: 0,
  drills: 0,
  open: 0,
  sources: 0,
};

/** Makes the words of one item, in the language and time zone of a channel. */
export function wordsOf(item: MessageItem, reader: Reader): Words {
  const t = translators[reader.language];
  const values = valuesOf(item, reader);
  const url = `${reader.publicUrl}${pathOf(item)}`;
  if (item.type === "resolved") {
    return { title: t(`alerts.${item.code}.resolved`, values), lines: [t("alerts.message.resolvedText", values)], url };
  }
  const plain = t(`alerts.${item.code}.title`, values);
  const title = item.count > 1 && item.type === "alert" ? t("alerts.message.again", { count: item.count, title: plain }) : plain;
  const reason = reasonIn(item.params);
  const why = reason === null ? null : reasonText(reason, (key, params) => t(`errors.${key}`, params), reader.language);
  const lines = [
    ...(why === null ? [] : [sentence(why.message), why.hint]),
    ...anomalyLines(item, reader, values),
    ...(item.code === "clean-up-failed" ? cleanUpLines(item, reader, values) : []),
    isOfWholeSource(item) ? t("alerts.fingerprint.whole", values) : t(`alerts.${item.code}.text`, values),
    ...(typeof item.params["openedAt"] === "string" ? [t("alerts.message.since", values)] : []),
  ];
  return { title, lines: lines.map((line) => line.trim()).filter((line) => line !== ""), url };
}

/** Words that belong to no item alone. */
export function messageWords(reader: Reader) {
  const t = translators[reader.language];
  return {
    many: (count: number, first: string) => t("alerts.message.many", { count, first }),
    more: (count: number) => t("alerts.message.more", { count }),
    link: (url: string) => t("alerts.message.link", { url }),
    open: t("alerts.message.open"),
    installation: t("alerts.message.installation"),
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function shown(name: string, value: string | number | boolean | null, { language, timeZone }: Reader): string | number {
  if (value === null) return "?";
  if (typeof value === "number" && /bytes$/i.test(name)) return formatBytes(value, language);
  if (typeof value === "string" && /(^a|A)t$/.test(name) && !Number.isNaN(Date.parse(value))) {
    return formatMinute(value, { locale: language, timeZone });
  }
  return typeof value === "boolean" ? String(value) : value;
}

function valuesOf(item: MessageItem, reader: Reader): Record<string, string | number> {
  const t = translators[reader.language];
  const named = Object.entries({ ...item.params, at: item.at }).map(([name, value]) => [name, shown(name, value, reader)] as const);
  const why = item.params["reason"] === "no-worker" && "group" in item.params ? "no-worker-group" : item.params["reason"];
  const whyKey = typeof why === "string" && Object.hasOwn(missedReasons, why) ? (why as keyof typeof missedReasons) : "other";
  const group = String(item.params["group"] ?? "?");
  return {
    ...unknown,
    ...Object.fromEntries(named),
    source: item.source?.name ?? t("alerts.message.installation"),
    why: t(`alerts.missedReasons.${whyKey}`, { group }),
  };
}

function anomalyLines(item: MessageItem, { language }: Reader, values: Record<string, string | number>): string[] {
  const found = item.params["anomalies"];
  if (typeof found !== "string") return [];
  const known = found.split(",").filter((code): code is keyof typeof anomalies => Object.hasOwn(anomalies, code));
  return known.map((code) => translators[language](`alerts.anomalies.${code}`, values));
}

/** Rows of all tables, or migrations: then no table is named. */
function isOfWholeSource({ code, params }: MessageItem): boolean {
  return code === "fingerprint-diverged" && params["table"] === "";
}

function cleanUpLines({ params }: MessageItem, { language }: Reader, values: Record<string, string | number>): string[] {
  const t = translators[language];
  if (params["clock"] === true) return [t("alerts.cleanUp.clock", values)];
  return typeof params["reason"] === "string" ? [t("alerts.cleanUp.missed", values)] : [];
}

/** Where in Lifeboat the item is looked at. */
function pathOf({ code, params, source }: MessageItem): string {
  const id = (name: string) => (typeof params[name] === "string" ? encodeURIComponent(params[name]) : null);
  if (code === "gate-failed" && id("gateId") !== null) return `/activity/gates/${id("gateId")}`;
  if (code === "drill-failed" && id("drillId") !== null) return `/drills/${id("drillId")}`;
  if (id("runId") !== null) return `/runs/${id("runId")}`;
  if (code === "size-anomaly" && id("backupId") !== null) return `/backups/${id("backupId")}`;
  return source === null ? "/" : `/sources/${encodeURIComponent(source.id)}`;
}
