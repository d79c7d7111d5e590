"use client";
/** `<TrendTable points query />`: what the chart draws, as rows, newest first. */
import { useLocale, useTranslations } from "next-intl";
import { useMemo, type ComponentProps } from "react";
import type { DrillTrendDto } from "#lib/contracts/drill-history";
import { formatDuration } from "#lib/format/duration";
import { columnsFor, DataTable } from "../data-table/data-table.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { isWithin } from "./trend-model.ts";

type Point = DrillTrendDto["points"][number];

const column = columnsFor<Point>();
const drillId = (point: Point): string => point.drillId;
const drillHref = (point: Point): string => `/drills/${point.drillId}`;

export function TrendTable({ points, query }: { points: readonly Point[]; query: ComponentProps<typeof DataTable<Point>>["query"] }) {
  const t = useTranslations("drills.trend.table");
  const columns = useMemo(
    () => [
      column.accessor("sourceName", {
        header: t("source"),
        cell: ({ getValue }) => <span className="wrap-anywhere">{getValue()}</span>,
      }),
      column.accessor("verdict", {
        header: t("verdict"),
        meta: { card: "aside" },
        cell: ({ getValue }) => <StatusBadge status={`verdict.${getValue()}`} />,
      }),
      column.accessor("closedAt", {
        header: t("closed"),
        cell: ({ getValue }) => <AbsoluteTime at={getValue()} className="whitespace-nowrap nums" />,
      }),
      column.display({ id: "time", header: t("time"), meta: { num: true }, cell: ({ row }) => <Time point={row.original} /> }),
      column.display({
        id: "objective",
        header: t("objective"),
        meta: { num: true },
        cell: ({ row }) => <Objective point={row.original} />,
      }),
    ],
    [t],
  );
  return <DataTable label={t("label")} columns={columns} rows={points} rowId={drillId} rowHref={drillHref} query={query} empty={null} />;
}

function Time({ point }: { point: Point }) {
  const t = useTranslations("drills.trend.table");
  const locale = useLocale();
  if (point.recoveryMs === null) return <span className="text-ink-3">{t("none")}</span>;
  const isLate = isWithin(point) === false;
  return (
    <span className={isLate ? "font-medium whitespace-nowrap text-bad" : "whitespace-nowrap"}>
      {formatDuration(point.recoveryMs, locale)}
      {isLate ? <span className="block text-xs font-normal">{t("late")}</span> : null}
    </span>
  );
}

function Objective({ point: { recoveryTimeSeconds } }: { point: Point }) {
  const t = useTranslations("drills.trend.table");
  const locale = useLocale();
  if (recoveryTimeSeconds === null) return <span className="text-ink-3">{t("noObjective")}</span>;
  return <span className="whitespace-nowrap">{formatDuration(recoveryTimeSeconds * 1000, locale)}</span>;
}
