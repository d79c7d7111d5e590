"use client";
/** `<TrendTable points />`: what the chart draws, as rows. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { DrillTrendDto } from "#lib/contracts/drill-history";
import { formatDuration } from "#lib/format/duration";
import { StatusBadge } from "../status/status-badge.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { isWithin } from "./trend-model.ts";

export function TrendTable({ points }: { points: DrillTrendDto["points"] }) {
  const t = useTranslations("drills.trend.table");
  const locale = useLocale();
  return (
    <TableFrame label={t("label")} className="relative">
      <thead>
        <tr>
          <Th>{t("closed")}</Th>
          <Th>{t("source")}</Th>
          <Th>{t("verdict")}</Th>
          <Th num>{t("time")}</Th>
          <Th num>{t("objective")}</Th>
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point.drillId} className="hover:bg-hover/60">
            <Td className="whitespace-nowrap">
              <Link href={`/drills/${point.drillId}`} className="link nums">
                <AbsoluteTime at={point.closedAt} />
              </Link>
            </Td>
            <Td className="min-w-28">{point.sourceName}</Td>
            <Td>
              <StatusBadge status={`verdict.${point.verdict}`} />
            </Td>
            <Td num className={isLate(point) ? "font-medium whitespace-nowrap text-bad!" : "whitespace-nowrap"}>
              {point.recoveryMs === null ? <span className="text-ink-3">{t("none")}</span> : formatDuration(point.recoveryMs, locale)}
              {isLate(point) ? <span className="block text-xs font-normal">{t("late")}</span> : null}
            </Td>
            <Td num className="whitespace-nowrap">
              {point.recoveryTimeSeconds === null ? (
                <span className="text-ink-3">{t("noObjective")}</span>
              ) : (
                formatDuration(point.recoveryTimeSeconds * 1000, locale)
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function isLate(point: DrillTrendDto["points"][number]): boolean {
  return point.recoveryMs !== null && isWithin(point) === false;
}
