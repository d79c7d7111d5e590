"use client";
/** Deployments that asked before they went on, newest first, with filters in the address. */
import { Rocket } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import type { GateDto } from "#lib/contracts/gates";
import { formatDuration } from "#lib/format/duration";
import { listGatesPages } from "#lib/query/gates";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { CommitText } from "./commit-text.tsx";
import { gateListSpec, sourceIdOf } from "./gate-list-spec.tsx";

const column = columnsFor<GateDto>();
const gateId = ({ id }: GateDto): string => id;
const gateHref = ({ id }: GateDto): string => `/activity/gates/${id}`;

export function GateList() {
  const t = useTranslations("gates");
  const status = useTranslations("status.gate");
  const locale = useLocale();
  const list = useListState(gateListSpec);
  const { state } = list.values;
  const source = sourceIdOf(list.values.source);
  const columns = useMemo(
    () => [
      column.accessor("sourceName", {
        header: t("columns.gate"),
        cell: ({ getValue }) => <span className="wrap-anywhere">{t("name", { source: getValue() })}</span>,
        meta: { className: "sm:min-w-48" },
      }),
      column.accessor("state", {
        header: t("columns.state"),
        cell: ({ row }) => <Verdict gate={row.original} />,
        meta: { card: "aside" },
      }),
      column.accessor("commit", { header: t("columns.commit"), cell: ({ getValue }) => <CommitText commit={getValue()} short /> }),
      column.accessor("operator", {
        header: t("columns.operator"),
        cell: ({ row: { original } }) => (original.operator === "" ? original.createdBy.name : original.operator),
        meta: { from: "lg" },
      }),
      column.accessor("startedAt", {
        header: t("columns.started"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
      }),
      column.display({
        id: "took",
        header: t("columns.took"),
        cell: ({ row }) => tookText(row.original, locale),
        meta: { num: true, from: "lg" },
      }),
    ],
    [t, locale],
  );
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={gateId}
      rowHref={gateHref}
      pages={listGatesPages({ state, source })}
      list={list}
      filters={
        <>
          <FilterSelect
            label={t("columns.state")}
            value={state}
            onChange={(next) => list.set({ state: next })}
            options={gateListSpec.state.map((value) => ({ value, label: status(value) }))}
          />
          <SourceFilter value={source} onChange={(next) => list.set({ source: next })} />
        </>
      }
      empty={
        <EmptyState
          icon={Rocket}
          title={t("empty")}
          actions={<ButtonLink href="/settings/integrations#deployments">{t("how")}</ButtonLink>}
        >
          {t("emptyText")}
        </EmptyState>
      }
    />
  );
}

function Verdict({ gate: { state, error } }: { gate: GateDto }) {
  const tell = useReasonText();
  return (
    <span className="block min-w-0 max-sm:text-right">
      <StatusBadge status={`gate.${state}`} />
      {error === null ? null : <span className="mt-0.5 block max-w-72 text-xs text-ink-3 max-sm:hidden">{tell(error).message}</span>}
    </span>
  );
}

function tookText({ startedAt, endedAt }: GateDto, locale: string): string {
  return endedAt === null ? "–" : formatDuration(Date.parse(endedAt) - Date.parse(startedAt), locale);
}
