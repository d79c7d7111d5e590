"use client";
/** All drills, newest first, with filters in the address. */
import { FileCheck2, ShieldCheck } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useMemo } from "react";
import { exportDrills } from "#lib/contracts/drill-history";
import type { DrillDto } from "#lib/contracts/drills";
import { formatDuration } from "#lib/format/duration";
import { listDrillsPages } from "#lib/query/drill-history";
import { columnsFor } from "../data-table/data-table.tsx";
import { DayFilter } from "../data-table/day-filter.tsx";
import { ExportMenu } from "../data-table/export-menu.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import { useListState, type ListState } from "../data-table/use-list-state.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { drillListQuery, drillListSpec, sourceIdOf } from "./drill-list-spec.tsx";

const column = columnsFor<DrillDto>();
const drillId = ({ id }: DrillDto): string => id;
const drillHref = ({ id }: DrillDto): string => `/drills/${id}`;

export function DrillList() {
  const t = useTranslations("drills.list");
  const timeZone = useTimeZone() ?? "UTC";
  const list = useListState(drillListSpec);
  const query = drillListQuery(list.values, timeZone);
  return (
    <ListTable
      label={t("history")}
      columns={useColumns()}
      rowId={drillId}
      rowHref={drillHref}
      pages={listDrillsPages(query)}
      list={list}
      filters={<Filters list={list} />}
      exports={<ExportMenu endpoint={exportDrills} query={query} />}
      empty={
        <EmptyState icon={ShieldCheck} title={t("emptyTitle")}>
          {t("emptyText")}
        </EmptyState>
      }
    />
  );
}

function useColumns() {
  const t = useTranslations("drills.list");
  return useMemo(
    () => [
      column.accessor("sourceName", {
        header: t("columns.source"),
        meta: { className: "sm:min-w-40" },
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="block wrap-anywhere">{original.sourceName}</span>
            <span className="block text-xs font-normal text-ink-3">
              {original.unattended ? t("unattended") : t("by", { name: original.operatorName })}
            </span>
          </span>
        ),
      }),
      column.display({
        id: "verdict",
        header: t("columns.verdict"),
        meta: { card: "aside" },
        cell: ({ row: { original } }) => (
          <StatusBadge status={original.verdict === null ? `drill.${original.state}` : `verdict.${original.verdict}`} />
        ),
      }),
      column.accessor("startedAt", {
        header: t("columns.started"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
      }),
      column.display({
        id: "recovery",
        header: t("columns.recovery"),
        cell: ({ row }) => <Recovery drill={row.original} />,
        meta: { num: true },
      }),
      column.display({
        id: "checks",
        header: t("columns.checks"),
        meta: { num: true },
        cell: ({ row: { original } }) => t("checksOf", { passed: original.checksPassed, total: original.checksTotal }),
      }),
      column.display({
        id: "report",
        header: () => <span className="sr-only">{t("columns.report")}</span>,
        meta: { className: "sm:text-right" },
        cell: ({ row: { original } }) =>
          original.reportId === null ? null : (
            <ButtonLink
              size="sm"
              variant="ghost"
              icon={FileCheck2}
              className="relative"
              href={`/drills/${original.id}/report`}
              aria-label={t("reportOf", { source: original.sourceName })}
            >
              {t("columns.report")}
            </ButtonLink>
          ),
      }),
    ],
    [t],
  );
}

function Recovery({ drill: { recoveryMs, recoveryTimeSeconds } }: { drill: DrillDto }) {
  const t = useTranslations("drills.list");
  const locale = useLocale();
  if (recoveryMs === null) return <span className="text-ink-3">–</span>;
  const isMissed = recoveryTimeSeconds !== null && recoveryMs > recoveryTimeSeconds * 1000;
  return (
    <span className="block whitespace-nowrap">
      <span className={isMissed ? "font-medium text-bad" : undefined}>{formatDuration(recoveryMs, locale)}</span>
      {recoveryTimeSeconds === null ? null : (
        <span className="block text-xs text-ink-3">
          {t(isMissed ? "missed" : "within", { time: formatDuration(recoveryTimeSeconds * 1000, locale) })}
        </span>
      )}
    </span>
  );
}

function Filters({ list }: { list: ListState<typeof drillListSpec> }) {
  const t = useTranslations("drills.list");
  const status = useTranslations("status");
  const { state, verdict, from, to } = list.values;
  return (
    <>
      <SourceFilter value={sourceIdOf(list.values.source)} onChange={(next) => list.set({ source: next })} />
      <FilterSelect
        label={t("stateFilter")}
        value={state}
        onChange={(next) => list.set({ state: next })}
        options={drillListSpec.state.map((value) => ({ value, label: t(`states.${value}`) }))}
      />
      <FilterSelect
        label={t("columns.verdict")}
        value={verdict}
        onChange={(next) => list.set({ verdict: next })}
        options={drillListSpec.verdict.map((value) => ({ value, label: status(`verdict.${value}`) }))}
      />
      <span className="flex items-center gap-2">
        <DayFilter label={t("from")} value={from} max={to} onChange={(next) => list.set({ from: next })} />
        <span aria-hidden className="text-ink-3">
          –
        </span>
        <DayFilter label={t("to")} value={to} min={from} onChange={(next) => list.set({ to: next })} />
      </span>
    </>
  );
}
