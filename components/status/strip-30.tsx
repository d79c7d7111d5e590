"use client";
/**
 * `<Strip30 days={source.strip} since={source.createdAt} />`: thirty days, oldest first. A tall bar is a good backup, a low bar with a
 * cross is a day with only failures, a dot on top says that something failed too, a triangle that a planned backup did not start, a dashed
 * outline that one is still to come, an empty socket is a day without any. Height and shape tell as much as colour; the sentence beside it
 * tells all to a screen reader, and `<StripLegend />` to everybody.
 */
import { useLocale, useTranslations } from "next-intl";
import { useState, type SVGProps } from "react";
import { formatDay } from "#lib/format/time";
import { markOf, type StripDay, type StripMark } from "./strip-mark.ts";
import { stripHeight, stripPaths, stripStep, type StripInk } from "./strip-paths.ts";

export function Strip30({ days, since }: { days: readonly StripDay[]; since: string }) {
  const t = useTranslations("status.strip");
  const locale = useLocale();
  // Thirty sentences a row that only a mouse ever shows: written when one comes, they were two thirds of a list of sources.
  const [isPointedAt, setPointedAt] = useState(false);
  const marks = days.map((day) => ({ day, mark: markOf(day, since) }));
  const countOf = (wanted: readonly StripMark[]) => marks.filter(({ mark }) => wanted.includes(mark)).length;
  const summary = t("summary", {
    good: countOf(["good", "mixed", "late"]),
    failed: countOf(["failed", "mixed"]),
    missed: countOf(["missed", "late"]),
    none: countOf(["none"]),
    planned: days.at(-1)?.planned ?? 0,
  });
  return (
    <svg
      role="img"
      aria-label={summary}
      viewBox={`0 0 ${stripStep * days.length - 2} ${stripHeight}`}
      className="block h-6.5 w-full max-w-[13rem]"
      onPointerEnter={() => setPointedAt(true)}
    >
      <Paths marks={marks.map(({ mark }) => mark)} />
      {isPointedAt
        ? marks.map(({ day, mark }, index) => (
            <rect key={day.day} x={index * stripStep - 1} width={stripStep} height={stripHeight} className="fill-transparent">
              <title>
                {t(`day.${mark}`, {
                  day: formatDay(`${day.day}T12:00:00.000Z`, { locale, timeZone: "UTC" }),
                  good: day.good,
                  failed: day.failed,
                  missed: day.missed,
                  planned: day.planned,
                })}
              </title>
            </rect>
          ))
        : null}
    </svg>
  );
}

const inks: Readonly<Record<StripInk, SVGProps<SVGPathElement>>> = {
  good: { className: "fill-good-fill stroke-good-fill", strokeWidth: 3, strokeLinejoin: "round" },
  bad: { className: "fill-bad-fill stroke-bad-fill", strokeWidth: 3, strokeLinejoin: "round" },
  badDot: { className: "fill-bad-fill" },
  cross: { className: "fill-none stroke-bad-fill", strokeWidth: 1.5, strokeLinecap: "round" },
  missed: { className: "fill-warn-fill" },
  socket: { className: "fill-none stroke-line-strong", strokeWidth: 1 },
  planned: { className: "fill-none stroke-accent", strokeWidth: 1, strokeDasharray: "2 1.6" },
  before: { className: "fill-line-strong" },
};

function Paths({ marks }: { marks: readonly StripMark[] }) {
  return stripPaths(marks).map(({ ink, d }) => <path key={ink} d={d} {...inks[ink]} />);
}

const legend = ["good", "failed", "missed", "planned", "none"] as const;

export function StripLegend() {
  const t = useTranslations("status.strip.legend");
  return (
    <ul aria-label={t("label")} className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
      {legend.map((mark) => (
        <li key={mark} className="flex items-center gap-1.5">
          <svg aria-hidden viewBox={`-1 0 7 ${stripHeight}`} className="h-5 w-auto shrink-0">
            <Paths marks={[mark]} />
          </svg>
          {t(mark)}
        </li>
      ))}
    </ul>
  );
}
