"use client";
/**
 * `<Strip30 days={source.strip} since={source.createdAt} />`: thirty days, oldest first. A tall bar is a good backup, a low bar with a
 * cross is a day with only failures, a dot on top says that something failed too, a triangle that a planned backup did not start, a dashed
 * outline that one is still to come, an empty socket is a day without any. Height and shape tell as much as colour; the sentence beside it
 * tells all to a screen reader, and `<StripLegend />` to everybody.
 */
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { formatDay } from "#lib/format/time";
import { markOf, type StripDay, type StripMark } from "./strip-mark.ts";

const step = 7;
const height = 26;

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
      viewBox={`0 0 ${step * days.length - 2} ${height}`}
      className="block h-6.5 w-full max-w-[13rem]"
      onPointerEnter={() => setPointedAt(true)}
    >
      {marks.map(({ day, mark }, index) => (
        <g key={day.day}>
          {isPointedAt ? (
            <>
              <title>
                {t(`day.${mark}`, {
                  day: formatDay(`${day.day}T12:00:00.000Z`, { locale, timeZone: "UTC" }),
                  good: day.good,
                  failed: day.failed,
                  missed: day.missed,
                  planned: day.planned,
                })}
              </title>
              <rect x={index * step - 1} width={step} height={height} className="fill-transparent" />
            </>
          ) : null}
          <DayMark x={index * step} mark={mark} />
        </g>
      ))}
    </svg>
  );
}

/** A triangle that stands on `y`. */
function Missed({ x, y }: { x: number; y: number }) {
  return <path d={`M${x + 2.5} ${y - 5.4}l3 5.4h-6z`} className="fill-warn-fill" />;
}

function DayMark({ x, mark }: { x: number; mark: StripMark }) {
  switch (mark) {
    case "good":
      return <rect x={x} y={3} width={5} height={height - 3} rx={1.5} className="fill-good-fill" />;
    case "mixed":
      return (
        <>
          <rect x={x} y={9} width={5} height={height - 9} rx={1.5} className="fill-good-fill" />
          <circle cx={x + 2.5} cy={4.5} r={2.5} className="fill-bad-fill" />
        </>
      );
    case "late":
      return (
        <>
          <rect x={x} y={9} width={5} height={height - 9} rx={1.5} className="fill-good-fill" />
          <Missed x={x} y={7} />
        </>
      );
    case "failed":
      return (
        <>
          <rect x={x} y={17} width={5} height={height - 17} rx={1.5} className="fill-bad-fill" />
          <path d={`M${x + 0.4} 8.4l4.2 4.2m0-4.2l-4.2 4.2`} className="stroke-bad-fill" strokeWidth={1.5} strokeLinecap="round" />
        </>
      );
    case "missed":
      return (
        <>
          <rect x={x + 0.5} y={19.5} width={4} height={6} rx={1.5} className="fill-none stroke-line-strong" strokeWidth={1} />
          <Missed x={x} y={16} />
        </>
      );
    case "planned":
      return (
        <rect
          x={x + 0.5}
          y={3.5}
          width={4}
          height={height - 4}
          rx={1.5}
          className="fill-none stroke-accent"
          strokeWidth={1}
          strokeDasharray="2 1.6"
        />
      );
    case "none":
      return <rect x={x + 0.5} y={19.5} width={4} height={6} rx={1.5} className="fill-none stroke-line-strong" strokeWidth={1} />;
    case "before":
      return <circle cx={x + 2.5} cy={23.5} r={1} className="fill-line-strong" />;
  }
}

const legend = ["good", "failed", "missed", "planned", "none"] as const;

export function StripLegend() {
  const t = useTranslations("status.strip.legend");
  return (
    <ul aria-label={t("label")} className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
      {legend.map((mark) => (
        <li key={mark} className="flex items-center gap-1.5">
          <svg aria-hidden viewBox={`-1 0 7 ${height}`} className="h-5 w-auto shrink-0">
            <DayMark x={0} mark={mark} />
          </svg>
          {t(mark)}
        </li>
      ))}
    </ul>
  );
}
