import { createTranslator } from "use-intl/core";
import english from "#messages/en" with { type: "json" };
import spanish from "#messages/es" with { type: "json" };
import type { SourceLevel } from "../domain/source-level.ts";

export const badgeLanguages = ["en", "es"] as const;
export type BadgeLanguage = (typeof badgeLanguages)[number];

const messages = { en: english.badge, es: spanish.badge };
const hourMs = 3_600_000;

/** What a badge says of a source: its state, and how old the newest good backup is. */
export function badgeMessage(
  status: { readonly level: SourceLevel; readonly lastGoodAt: Date | null },
  now: Date,
  locale: BadgeLanguage,
): string {
  const t = createTranslator({ locale, timeZone: "UTC", messages: messages[locale] });
  const level = t(`levels.${status.level}`);
  if (status.lastGoodAt === null) return t("never", { level });
  const hours = Math.max(0, Math.floor((now.getTime() - status.lastGoodAt.getTime()) / hourMs));
  return hours < 48 ? t("hours", { level, hours }) : t("days", { level, days: Math.floor(hours / 24) });
}
