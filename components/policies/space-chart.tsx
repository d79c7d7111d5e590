"use client";
/** `<SpaceChart series day onDay />`: space as an area over days, with the chosen one marked. A click chooses a day; the slider does for a keyboard. */
import { useLocale, useTranslations } from "next-intl";
import type { PointerEvent } from "react";
import { formatBytes } from "#lib/format/bytes";
import { formatDay } from "#lib/format/time";
import type { SimulationDto } from "#lib/query/policies";
import { byteTicks, monthMarks, pathsOf, summaryOf } from "./simulation-model.ts";

type ChartProps = { series: SimulationDto["series"]; day: number; onDay: (day: number) => void };

const height = 190;
const top = 10;
const bottom = 24;
const plot = height - top - bottom;
const mostMonths = 12;

export function SpaceChart({ series, day, onDay }: ChartProps) {
  const t = useTranslations("policies.simulation");
  const locale = useLocale();
  const summary = summaryOf(series);
  if (summary === null) return null;
  const dayText = (date: string): string => formatDay(`${date}T12:00:00Z`, { locale, timeZone: "UTC" });
  const ticks = byteTicks(summary.peak.storedBytes);
  const most = ticks.at(-1) ?? 1;
  const yOf = (bytes: number): number => top + (1 - bytes / most) * plot;
  const { line, area } = pathsOf(series, most);
  const chosen = series[day];
  const share = Math.min(1, day / Math.max(1, series.length - 1));
  const label = t("chart", {
    count: series.length - 1,
    from: formatBytes(summary.first.storedBytes, locale),
    start: dayText(summary.first.day),
    most: formatBytes(summary.peak.storedBytes, locale),
    peak: dayText(summary.peak.day),
    to: formatBytes(summary.last.storedBytes, locale),
    end: dayText(summary.last.day),
  });
  const choose = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onDay(Math.round(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (series.length - 1)));
  };
  return (
    <figure className="flex min-w-0 flex-col gap-2">
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <svg aria-hidden width="64" height={height} className="block overflow-visible">
          {ticks.map((tick) => (
            <text key={tick} x="64" y={yOf(tick) + 4} textAnchor="end" className="fill-ink-3 text-2xs nums">
              {formatBytes(tick, locale)}
            </text>
          ))}
        </svg>
        <svg
          role="img"
          aria-label={label}
          width="100%"
          height={height}
          className="block cursor-crosshair overflow-visible"
          onPointerDown={choose}
        >
          {ticks.map((tick) => (
            <line key={tick} x2="100%" y1={yOf(tick)} y2={yOf(tick)} className="stroke-line" />
          ))}
          <svg y={top} width="100%" height={plot} viewBox="0 0 100 100" preserveAspectRatio="none">
            <path d={area} className="fill-accent opacity-15" />
            <path d={line} className="fill-none stroke-accent" strokeWidth="1.75" vectorEffect="non-scaling-stroke" />
          </svg>
          {monthMarks(series, mostMonths).map((mark, index) => (
            <text
              key={mark.day}
              x={percent(mark.share)}
              y={height - 6}
              textAnchor={mark.share > 0.96 ? "end" : "middle"}
              className={index % 3 === 0 ? "fill-ink-3 text-2xs nums" : "fill-ink-3 text-2xs nums max-sm:hidden"}
            >
              {monthText(mark.day, locale)}
            </text>
          ))}
          <line x1={percent(share)} x2={percent(share)} y1={top} y2={top + plot} className="stroke-ink-2" strokeDasharray="3 3" />
          {chosen === undefined ? null : (
            <circle cx={percent(share)} cy={yOf(chosen.storedBytes)} r="4.5" className="fill-accent stroke-surface" strokeWidth="2" />
          )}
        </svg>
      </div>
      <figcaption className="text-xs text-ink-2 nums">
        {chosen === undefined ? null : t("chosen", { size: formatBytes(chosen.storedBytes, locale) })}
      </figcaption>
    </figure>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** `Dec`, and with the year where it begins: `Jan 2027`. */
function monthText(day: string, locale: string): string {
  const isJanuary = day.slice(5, 7) === "01";
  return new Intl.DateTimeFormat(locale, { month: "short", ...(isJanuary ? { year: "numeric" } : {}), timeZone: "UTC" }).format(
    Date.parse(`${day}T12:00:00Z`),
  );
}
