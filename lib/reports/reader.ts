import { createTranslator } from "use-intl/core";
import { reasonText } from "#lib/contracts/reason-text";
import type { Reason } from "#lib/domain/error";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatInstant, formatMinute, type TimeSettings } from "#lib/format/time";
import english from "#messages/en" with { type: "json" };
import spanish from "#messages/es" with { type: "json" };

export type ReportLanguage = "en" | "es";

type Values = Record<string, string | number>;
type FileWords = typeof english.reports.file;
type Group = "sections" | "triggers" | "engines" | "targets";

/** A text of `reports.file`. */
export type FileKey = Exclude<keyof FileWords, Group> | { [G in Group]: `${G}.${keyof FileWords[G] & string}` }[Group];

/** Words, times and numbers for one reader. */
export type Reader = {
  readonly language: ReportLanguage;
  readonly t: (key: FileKey, values?: Values) => string;
  /** A text of any other namespace; a code that a newer version wrote stays a code. */
  readonly word: (namespace: string, code: string, values?: Values) => string;
  readonly reason: (reason: Reason) => string;
  readonly instant: (at: string) => string;
  readonly minute: (at: string) => string;
  readonly duration: (milliseconds: number) => string;
  readonly bytes: (bytes: number) => string;
};

type Look = (key: string, values?: Values) => string;

/** What turns codes into text for somebody who reads `language` and lives by `timeZone` (an IANA name). */
export function readerFor(language: ReportLanguage, timeZone: string): Reader {
  const settings: TimeSettings = { locale: language, timeZone };
  const getTranslations = (namespace: string): Look => translatorOf(language, timeZone, namespace);
  const errors = getTranslations("errors");
  return {
    language,
    t: getTranslations("reports.file"),
    word: (namespace, code, values) => getTranslations(namespace)(code, values),
    reason: (reason) => reasonText(reason, (key, values) => errors(key, values), language).message,
    instant: (at) => formatInstant(at, settings),
    minute: (at) => formatMinute(at, settings),
    duration: (milliseconds) => formatDuration(milliseconds, language),
    bytes: (bytes) => formatBytes(bytes, language),
  };
}

/** The library infers every key of all messages, which takes the compiler minutes: keys are checked by `FileKey` instead. */
function translatorOf(locale: ReportLanguage, timeZone: string, namespace: string): Look {
  const messages: Record<string, unknown> = locale === "es" ? spanish : english;
  const create = createTranslator as unknown as (options: Record<string, unknown>) => Look;
  return create({
    locale,
    timeZone,
    messages,
    namespace,
    onError: () => undefined,
    getMessageFallback: ({ key }: { key: string }) => key,
  });
}
