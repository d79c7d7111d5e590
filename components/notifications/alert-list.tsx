"use client";
/** What is wrong now, or was, newest first, with filters in the address. */
import { BellRing } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import type { AlertDto } from "#lib/contracts/notifications";
import { formatCount } from "#lib/format/number";
import { listAlertsPages } from "#lib/query/notifications";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { alertHref } from "./alert-href.ts";
import { alertListSpec, idWith } from "./list-specs.tsx";

const column = columnsFor<AlertDto>();
const alertId = ({ id }: AlertDto): string => id;

export function AlertList() {
  const t = useTranslations("notifications");
  const alerts = useTranslations("alerts");
  const status = useTranslations("status.alert");
  const locale = useLocale();
  const list = useListState(alertListSpec);
  const { state, code } = list.values;
  const source = idWith("src", list.values.source);
  const columns = useMemo(
    () => [
      column.accessor("code", {
        header: t("alerts.columns.alert"),
        cell: ({ row }) => <AlertTitle alert={row.original} />,
        meta: { className: "sm:min-w-56" },
      }),
      column.display({
        id: "state",
        header: t("alerts.columns.state"),
        cell: ({ row: { original } }) => <AlertState alert={original} />,
        meta: { card: "aside" },
      }),
      column.accessor("openedAt", {
        header: t("alerts.columns.opened"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
      }),
      column.accessor("lastAt", {
        header: t("alerts.columns.last"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
        meta: { from: "lg" },
      }),
      column.accessor("count", {
        header: t("alerts.columns.count"),
        cell: ({ getValue }) => formatCount(getValue(), locale),
        meta: { num: true },
      }),
    ],
    [t, locale],
  );
  return (
    <ListTable
      label={t("alerts.title")}
      columns={columns}
      rowId={alertId}
      rowHref={alertHref}
      pages={listAlertsPages({ state, code, source })}
      list={list}
      filters={
        <>
          <FilterSelect
            label={t("alerts.columns.state")}
            value={state}
            onChange={(next) => list.set({ state: next })}
            options={alertListSpec.state.map((value) => ({ value, label: status(value) }))}
          />
          <FilterSelect
            label={t("alerts.columns.alert")}
            value={code}
            onChange={(next) => list.set({ code: next })}
            options={alertListSpec.code.map((value) => ({ value, label: alerts(`${value}.name`) }))}
          />
          <SourceFilter value={source} onChange={(next) => list.set({ source: next })} />
        </>
      }
      empty={
        <EmptyState icon={BellRing} title={t("alerts.empty")}>
          {t("alerts.emptyText")}
        </EmptyState>
      }
    />
  );
}

/** The sentence that was sent, and below it what kind of alert it is. */
function AlertTitle({ alert: { code, sourceName, params } }: { alert: AlertDto }) {
  const t = useTranslations("alerts");
  const everything = useTranslations("notifications.alerts")("everything");
  const named = (name: string): string => (typeof params[name] === "string" ? params[name] : "?");
  const words = {
    source: sourceName ?? everything,
    path: named("path"),
    host: named("host"),
    name: named("name"),
    open: Number(params["open"] ?? 0),
  };
  return (
    <span className="block min-w-0">
      <span className="block wrap-anywhere">{t(`${code}.title`, words)}</span>
      <span className="block text-xs font-normal text-ink-3">{t(`${code}.name`)}</span>
    </span>
  );
}

function AlertState({ alert: { resolvedAt } }: { alert: AlertDto }) {
  const t = useTranslations("notifications.alerts");
  return (
    <span className="block min-w-0 max-sm:text-right">
      <StatusBadge status={resolvedAt === null ? "alert.open" : "alert.resolved"} />
      {resolvedAt === null ? null : (
        <span className="mt-0.5 block text-xs text-ink-3">{t.rich("resolvedAt", { age: () => <RelativeTime at={resolvedAt} /> })}</span>
      )}
    </span>
  );
}
