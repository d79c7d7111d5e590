"use client";
/** All incidents, open ones first, with filters in the address. */
import { Siren } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { IncidentDto } from "#lib/contracts/incidents";
import { incidentChecklist } from "#lib/domain/incident-state";
import { listIncidentsPages } from "#lib/query/incidents";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { incidentListSpec, sourceIdOf } from "./incident-list-spec.tsx";
import { useIncidentTitle } from "./incident-title.ts";

const column = columnsFor<IncidentDto>();
const incidentId = ({ id }: IncidentDto): string => id;
const incidentHref = ({ id }: IncidentDto): string => `/incidents/${id}`;

export function IncidentList() {
  const t = useTranslations("incidents");
  const status = useTranslations("status");
  const titleOf = useIncidentTitle();
  const list = useListState(incidentListSpec);
  const { state, severity } = list.values;
  const source = sourceIdOf(list.values.source);
  const columns = useMemo(
    () => [
      column.display({
        id: "incident",
        header: t("columns.incident"),
        meta: { className: "sm:min-w-64" },
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="block wrap-anywhere">{t("name", { number: original.number, title: titleOf(original) })}</span>
            <span className="block text-xs font-normal text-ink-3">
              {original.sourceName === null ? t(`kinds.${original.kind}`) : `${t(`kinds.${original.kind}`)} · ${original.sourceName}`}
            </span>
          </span>
        ),
      }),
      column.accessor("state", {
        header: t("columns.state"),
        cell: ({ row }) => <StatusBadge status={`incident.${row.original.state}`} />,
        meta: { card: "aside" },
      }),
      column.accessor("severity", {
        header: t("columns.severity"),
        cell: ({ row }) => <StatusBadge status={`severity.${row.original.severity}`} />,
      }),
      column.accessor("assigneeName", {
        header: t("columns.assignee"),
        cell: ({ getValue }) => getValue() ?? <span className="text-ink-3">{t("nobody")}</span>,
      }),
      column.accessor("openedAt", {
        header: t("columns.opened"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
      }),
      column.accessor("openItems", {
        header: t("columns.items"),
        cell: ({ getValue }) => t("itemsOpen", { count: getValue(), all: incidentChecklist.length }),
        meta: { num: true, from: "lg" },
      }),
    ],
    [t, titleOf],
  );
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={incidentId}
      rowHref={incidentHref}
      pages={listIncidentsPages({ state, severity, source })}
      list={list}
      filters={
        <>
          <FilterSelect
            label={t("columns.state")}
            value={state}
            onChange={(next) => list.set({ state: next })}
            options={incidentListSpec.state.map((value) => ({ value, label: status(`incident.${value}`) }))}
          />
          <FilterSelect
            label={t("columns.severity")}
            value={severity}
            onChange={(next) => list.set({ severity: next })}
            options={incidentListSpec.severity.map((value) => ({ value, label: status(`severity.${value}`) }))}
          />
          <SourceFilter value={source} onChange={(next) => list.set({ source: next })} />
        </>
      }
      empty={
        <EmptyState icon={Siren} title={t("empty")}>
          {t("emptyText")}
        </EmptyState>
      }
    />
  );
}
