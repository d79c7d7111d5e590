"use client";
/** `<YearLine year source now />`: a source's drills over the year, each a link, and the day on which the next one is due. */
import { clsx } from "clsx";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { CalendarSourceDto } from "#lib/contracts/drill-history";
import { dayKey, formatDay } from "#lib/format/time";
import { StatusIcon } from "../status/status-badge.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { marksOf, slotOf, slotsOfYear, todayShare, type CalendarMark } from "./calendar-model.ts";
import { DueMark } from "./due-mark.tsx";
import { markHref } from "./mark-href.ts";
import { lineClass } from "./year-grid.tsx";

export function YearLine({ year, source, now }: { year: number; source: CalendarSourceDto; now: Date }) {
  const t = useTranslations("drills.calendar");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const marks = marksOf(source.drills, year, settings.timeZone);
  const due = source.nextDueAt !== null && dayKey(source.nextDueAt, settings.timeZone).startsWith(`${year}-`) ? source.nextDueAt : null;
  const today = todayShare(now, year, settings.timeZone);
  return (
    <li className={clsx(lineClass, "sm:border-t sm:border-line/70")}>
      <Link href={`/sources/${source.sourceId}?tab=drill`} className="min-w-0 truncate text-sm font-medium text-ink hover:underline">
        {source.sourceName}
      </Link>
      <div className="relative grid h-12 grid-cols-12">
        {Array.from({ length: 12 }, (_, month) => (
          <span key={month} aria-hidden className={month % 2 === 0 ? "bg-hover/60" : undefined} />
        ))}
        {today === null ? null : <span aria-hidden style={{ left: `${today * 100}%` }} className="absolute inset-y-0 w-px bg-accent/70" />}
        {marks.length === 0 && due === null ? <p className="sr-only">{t("nothing")}</p> : null}
        <ul aria-label={t("drillsOf", { source: source.sourceName })} className="contents">
          {marks.map((mark) => (
            <Mark key={mark.slot} mark={mark} sourceId={source.sourceId} />
          ))}
          {due === null ? null : (
            <li style={{ left: centre(slotOf(due, year, settings.timeZone)) }} className="absolute bottom-0.5 -translate-x-1/2">
              <DueMark
                isPast={Date.parse(due) < now.getTime()}
                text={t(Date.parse(due) < now.getTime() ? "wasDue" : "isDue", { day: formatDay(due, settings) })}
              />
            </li>
          )}
        </ul>
      </div>
    </li>
  );
}

function centre(slot: number): string {
  return `${(((slot + 0.5) / slotsOfYear) * 100).toFixed(2)}%`;
}

function Mark({ mark, sourceId }: { mark: CalendarMark; sourceId: string }) {
  const t = useTranslations("drills.calendar");
  const status = useTranslations("status");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const day = formatDay(mark.drills[0]?.at ?? "", settings);
  const count = mark.drills.length;
  const text = count === 1 ? t("mark", { day, status: status(mark.shown) }) : t("marks", { day, count, status: status(mark.shown) });
  return (
    <li style={{ left: centre(mark.slot) }} className="absolute top-1.5 -translate-x-1/2">
      <Tooltip text={text}>
        <Link
          href={markHref(mark, sourceId, settings.timeZone)}
          aria-label={text}
          className="relative grid size-6 place-items-center rounded-full hover:bg-hover max-sm:size-4"
        >
          <StatusIcon status={mark.shown} named={false} className="size-4.5! max-sm:size-3!" />
          {count === 1 ? null : (
            <span
              aria-hidden
              className="absolute -top-1.5 -right-1.5 grid h-3.5 min-w-3.5 place-items-center rounded-full border border-line bg-surface px-0.5 text-[0.5625rem] leading-none font-semibold text-ink-2 nums max-sm:hidden"
            >
              {count}
            </span>
          )}
        </Link>
      </Tooltip>
    </li>
  );
}
