"use client";
/** `<TrendNumbers data />`: how many drills passed, how many kept their objective, and the time in the middle. */
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { DrillTrendDto } from "#lib/contracts/drill-history";
import { formatDuration } from "#lib/format/duration";
import { formatPercent } from "#lib/format/number";
import { summaryOf } from "./trend-model.ts";

export function TrendNumbers({ data }: { data: DrillTrendDto }) {
  const t = useTranslations("drills.trend.numbers");
  const locale = useLocale();
  const { compared, within, medianMs, measured } = summaryOf(data.points);
  return (
    <dl className="grid gap-px overflow-hidden rounded-card border border-line bg-line shadow-card sm:grid-cols-3">
      <Number
        label={t("passed")}
        value={formatPercent(data.passed / Math.max(1, data.closed), locale)}
        hint={t("passedOf", { passed: data.passed, closed: data.closed })}
        isBad={data.passed < data.closed}
      />
      <Number
        label={t("within")}
        value={compared === 0 ? "–" : formatPercent(within / compared, locale)}
        hint={compared === 0 ? t("noObjective") : t("withinOf", { within, compared })}
        isBad={within < compared}
      />
      <Number
        label={t("median")}
        value={medianMs === null ? "–" : formatDuration(medianMs, locale)}
        hint={t("medianOf", { count: measured })}
      />
    </dl>
  );
}

function Number({ label, value, hint, isBad = false }: { label: string; value: ReactNode; hint: string; isBad?: boolean }) {
  return (
    <div className="bg-surface px-4 py-3.5 sm:px-5">
      <dt className="text-[0.8125rem] text-ink-3">{label}</dt>
      <dd className="mt-0.5">
        <span className={`block text-2xl font-semibold tracking-tight nums ${isBad ? "text-warn" : "text-ink"}`}>{value}</span>
        <span className="block text-xs text-ink-2">{hint}</span>
      </dd>
    </div>
  );
}
