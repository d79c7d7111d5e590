"use client";
/**
 * `<TrendChart points isConnected />`: the recovery time of each drill, oldest first, over a logarithmic axis, with its objective as a bar beside
 * it. A dot above its bar took longer than agreed. Said in one sentence for a screen reader; `TrendTable` holds the numbers.
 */
import { clsx } from "clsx";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { DrillTrendDto } from "#lib/contracts/drill-history";
import { formatDuration } from "#lib/format/duration";
import { formatDay } from "#lib/format/time";
import { heightOf, isWithin, scaleOf, summaryOf } from "./trend-model.ts";

type Point = DrillTrendDto["points"][number];

const height = 220;
const top = 14;
const bottom = 24;
const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

export function TrendChart({ points, isConnected }: { points: readonly Point[]; isConnected: boolean }) {
  const t = useTranslations("drills.trend");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const scale = scaleOf(points);
  const xOf = (index: number): string => percent((index + 0.5) / points.length);
  const yOf = (ms: number): number => top + (1 - heightOf(ms, scale)) * (height - top - bottom);
  const { within, compared, medianMs } = summaryOf(points);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const label = t("summary", {
    count: points.length,
    from: formatDay(first.closedAt, settings),
    to: formatDay(last.closedAt, settings),
    median: medianMs === null ? "–" : formatDuration(medianMs, settings.locale),
    within,
    compared,
  });
  const half = Math.min(2.4, 40 / points.length);
  return (
    <figure className="flex flex-col gap-3">
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <ol aria-hidden className="relative w-13 text-right text-2xs text-ink-3 nums" style={{ height }}>
          {scale.map((step) => (
            <li key={step} className="absolute right-0 -translate-y-1/2 whitespace-nowrap" style={{ top: yOf(step) }}>
              {formatDuration(step, settings.locale)}
            </li>
          ))}
        </ol>
        <svg role="img" aria-label={label} width="100%" height={height} className="block overflow-visible">
          {scale.map((step) => (
            <line key={step} x2="100%" y1={yOf(step)} y2={yOf(step)} className="stroke-line" />
          ))}
          {isConnected ? <Lines points={points} xOf={xOf} yOf={yOf} /> : null}
          {points.map((point, index) => (
            <g key={point.drillId}>
              {point.recoveryTimeSeconds === null ? null : (
                <line
                  x1={percent((index + 0.5) / points.length - half / 100)}
                  x2={percent((index + 0.5) / points.length + half / 100)}
                  y1={yOf(point.recoveryTimeSeconds * 1000)}
                  y2={yOf(point.recoveryTimeSeconds * 1000)}
                  className="stroke-ink-2"
                  strokeWidth="2.5"
                />
              )}
              <svg x={xOf(index)} y={point.recoveryMs === null ? top : yOf(point.recoveryMs)} className="overflow-visible">
                <title>{titleOf(point)}</title>
                <circle r="10" className="fill-transparent" />
                <Dot point={point} />
              </svg>
            </g>
          ))}
          <text x={xOf(0)} y={height - 4} textAnchor={points.length < 3 ? "middle" : "start"} className="fill-ink-3 text-2xs nums">
            {formatDay(first.closedAt, settings)}
          </text>
          {points.length < 2 ? null : (
            <text
              x={xOf(points.length - 1)}
              y={height - 4}
              textAnchor={points.length < 3 ? "middle" : "end"}
              className="fill-ink-3 text-2xs nums"
            >
              {formatDay(last.closedAt, settings)}
            </text>
          )}
        </svg>
      </div>
      <figcaption>
        <ChartLegend />
      </figcaption>
    </figure>
  );

  function titleOf(point: Point): string {
    const time = point.recoveryMs === null ? t("noTime") : formatDuration(point.recoveryMs, settings.locale);
    const objective =
      point.recoveryTimeSeconds === null ? t("noObjective") : formatDuration(point.recoveryTimeSeconds * 1000, settings.locale);
    return t("point", { source: point.sourceName, day: formatDay(point.closedAt, settings), time, objective });
  }
}

type LinesProps = { points: readonly Point[]; xOf: (index: number) => string; yOf: (ms: number) => number };

/** From drill to drill of one source; one without a time interrupts the line. */
function Lines({ points, xOf, yOf }: LinesProps) {
  return points.slice(1).map((point, index) => {
    const before = points[index];
    if (before === undefined || before.recoveryMs === null || point.recoveryMs === null) return null;
    return (
      <line
        key={point.drillId}
        x1={xOf(index)}
        x2={xOf(index + 1)}
        y1={yOf(before.recoveryMs)}
        y2={yOf(point.recoveryMs)}
        className="stroke-line-strong"
        strokeWidth="1.5"
      />
    );
  });
}

type Look = "good" | "missed" | "failed";

function lookOf(point: Point): Look {
  if (point.verdict === "failed" || point.recoveryMs === null) return "failed";
  return isWithin(point) === false ? "missed" : "good";
}

function Dot({ point }: { point: Point }) {
  return <Shape look={lookOf(point)} />;
}

/** A disc was in time, a triangle was late, a cross failed. */
function Shape({ look }: { look: Look }) {
  switch (look) {
    case "good":
      return <circle r="4.5" className="fill-good-fill stroke-surface" strokeWidth="1.5" />;
    case "missed":
      return <path d="M0-6 6 5H-6Z" className="fill-warn-fill stroke-surface" strokeWidth="1.2" />;
    case "failed":
      return <path d="M-4-4 4 4M4-4-4 4" className="fill-none stroke-bad-fill" strokeWidth="2.6" strokeLinecap="round" />;
  }
}

function ChartLegend() {
  const t = useTranslations("drills.trend.legend");
  const looks = ["good", "missed", "failed"] as const;
  return (
    <ul className={clsx("flex flex-wrap gap-x-4 gap-y-1.5 text-xs text-ink-2")}>
      {looks.map((look) => (
        <li key={look} className="flex items-center gap-1.5">
          <svg aria-hidden viewBox="-8 -8 16 16" className="size-4 shrink-0">
            <Shape look={look} />
          </svg>
          {t(look)}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <svg aria-hidden viewBox="-8 -8 16 16" className="size-4 shrink-0">
          <line x1="-7" x2="7" className="stroke-ink-2" strokeWidth="2.5" />
        </svg>
        {t("objective")}
      </li>
    </ul>
  );
}
