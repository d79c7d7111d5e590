"use client";
/** Small charts, one a table: its rows now, how they changed, and the line of the days. */
import { TriangleAlert } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { formatCount } from "#lib/format/number";
import { formatDay } from "#lib/format/time";
import { Button } from "../ui/button.tsx";
import { ChangeText } from "./change-text.tsx";
import { nameOf, type TableTrend } from "./fingerprint-model.ts";
import { TrendSpark } from "./trend-spark.tsx";

type Span = { first: string; last: string };
const shownAtFirst = 12;

export function TrendGrid({ trends, span }: { trends: readonly TableTrend[]; span: Span }) {
  const t = useTranslations("fingerprints");
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? trends : trends.slice(0, shownAtFirst);
  return (
    <>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {shown.map((trend) => (
          <li key={nameOf(trend)} className="min-w-0">
            <TrendCard trend={trend} span={span} />
          </li>
        ))}
      </ul>
      {shown.length < trends.length ? (
        <Button size="sm" className="mt-3" onClick={() => setIsWhole(true)}>
          {t("more", { count: trends.length })}
        </Button>
      ) : null}
    </>
  );
}

function TrendCard({ trend, span }: { trend: TableTrend; span: Span }) {
  const t = useTranslations("fingerprints");
  const locale = useLocale();
  const name = trend.table === "" ? t("allRows") : nameOf(trend);
  const { now, points, low, high, marked } = trend;
  const lastMark = marked.at(-1);
  return (
    <figure className="flex h-full flex-col gap-2 rounded-lg border border-line bg-surface px-3.5 py-3">
      <figcaption className="flex items-baseline justify-between gap-3">
        <span
          className={trend.table === "" ? "min-w-0 truncate text-[0.8125rem] font-medium" : "min-w-0 truncate font-mono text-[0.8125rem]"}
          title={name}
        >
          {name}
        </span>
        <span className="shrink-0 text-sm font-medium nums">{now === null ? "–" : formatCount(now, locale)}</span>
      </figcaption>
      <TrendSpark trend={trend} span={span} label={t("chart", { table: name, rows: now ?? 0, days: points.length, low, high })} />
      <p className="flex items-center justify-between gap-3 text-xs text-ink-3">
        <ChangeText trend={trend} />
        {lastMark === undefined ? null : (
          <span className="flex items-center gap-1 text-warn">
            <TriangleAlert aria-hidden className="size-3 shrink-0" />
            {t("marked", { day: formatDay(`${lastMark}T12:00:00.000Z`, { locale, timeZone: "UTC" }) })}
          </span>
        )}
      </p>
    </figure>
  );
}
