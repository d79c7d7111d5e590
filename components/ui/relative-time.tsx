"use client";
/**
 * `<RelativeTime at={backup.snapshotAt} />` reads "3 hours ago" and shows the absolute time with its zone on hover and focus;
 * `<AbsoluteTime at={…} />` is the other way round. Texts are the same on server and client. `at` null shows `never`.
 */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { formatInstant, formatMinute, formatRelative } from "#lib/format/time";
import { Tooltip } from "./tooltip.tsx";
import { useCurrentTime } from "./use-current-time.ts";

type TimeProps = { at: string | null; never?: ReactNode; className?: string };

export function RelativeTime({ at, never = "–", className }: TimeProps) {
  const settings = useTimeSettings();
  const t = useTranslations("common");
  const now = useCurrentTime(10_000);
  if (at === null) return <span className={className}>{never}</span>;
  return (
    <Tooltip text={formatInstant(at, settings)}>
      <time dateTime={at} className={className}>
        {formatRelative(at, now, settings.locale, t("justNow"))}
      </time>
    </Tooltip>
  );
}

export function AbsoluteTime({ at, never = "–", className, seconds }: TimeProps & { seconds?: boolean }) {
  const settings = useTimeSettings();
  const t = useTranslations("common");
  const now = useCurrentTime(60_000);
  if (at === null) return <span className={className}>{never}</span>;
  return (
    <Tooltip text={formatRelative(at, now, settings.locale, t("justNow"))}>
      <time dateTime={at} className={className}>
        {seconds ? formatInstant(at, settings) : formatMinute(at, settings)}
      </time>
    </Tooltip>
  );
}

function useTimeSettings(): { locale: string; timeZone: string } {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return { locale, timeZone };
}
