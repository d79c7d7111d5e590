"use client";
/** All runs, newest first, with filters in the address. */
import { Activity } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import { exportRuns } from "#lib/contracts/exports";
import type { RunDto } from "#lib/contracts/runs";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { listRunsPages } from "#lib/query/runs";
import { columnsFor } from "../data-table/data-table.tsx";
import { ExportMenu } from "../data-table/export-menu.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { useRunTitle } from "../runs/run-title.ts";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { runListSpec } from "./list-specs.tsx";

const column = columnsFor<RunDto>();
const runId = (run: RunDto): string => run.id;

export function RunsTable() {
  const t = useTranslations("activity");
  const runs = useTranslations("runs");
  const status = useTranslations("status.run");
  const locale = useLocale();
  const titleOf = useRunTitle();
  const list = useListState(runListSpec);
  const columns = useMemo(
    () => [
      column.display({
        id: "run",
        header: t("columns.run"),
        cell: ({ row }) => <RunName title={titleOf(row.original)} reason={row.original.reason} />,
      }),
      column.accessor("state", {
        header: t("columns.state"),
        cell: ({ row }) => <StatusBadge status={`run.${row.original.state}`} />,
        meta: { card: "aside" },
      }),
      column.accessor("trigger", {
        header: t("columns.trigger"),
        cell: ({ row }) => runs(`triggers.${row.original.trigger}`),
        meta: { from: "lg" },
      }),
      column.display({ id: "by", header: t("columns.by"), cell: ({ row }) => row.original.createdBy.name, meta: { from: "lg" } }),
      column.display({
        id: "started",
        header: t("columns.started"),
        cell: ({ row }) => <RelativeTime at={row.original.startedAt ?? row.original.queuedAt} />,
      }),
      column.display({ id: "took", header: t("columns.took"), cell: ({ row }) => tookText(row.original, locale), meta: { num: true } }),
      column.display({
        id: "size",
        header: t("columns.size"),
        cell: ({ row }) => (row.original.progress.bytesDone === 0 ? "–" : formatBytes(row.original.progress.bytesDone, locale)),
        meta: { num: true, from: "lg" },
      }),
    ],
    [t, runs, titleOf, locale],
  );
  return (
    <ListTable
      label={t("runs")}
      columns={columns}
      rowId={runId}
      rowHref={(run) => `/runs/${run.id}`}
      pages={listRunsPages({ type: list.values.type, state: list.values.state })}
      list={list}
      exports={<ExportMenu endpoint={exportRuns} query={{ type: list.values.type, state: list.values.state }} />}
      filters={
        <>
          <FilterSelect
            label={t("type")}
            value={list.values.type}
            onChange={(type) => list.set({ type })}
            options={runListSpec.type.map((type) => ({ value: type, label: runs(`types.${type}`) }))}
          />
          <FilterSelect
            label={t("stateFilter")}
            value={list.values.state}
            onChange={(state) => list.set({ state })}
            options={runListSpec.state.map((state) => ({ value: state, label: state === "active" ? t("active") : status(state) }))}
          />
        </>
      }
      empty={
        <EmptyState icon={Activity} title={t("noRuns")}>
          {t("noRunsText")}
        </EmptyState>
      }
    />
  );
}

function RunName({ title, reason }: { title: string; reason: string }) {
  return (
    <span className="block min-w-0">
      <span className="block wrap-anywhere">{title}</span>
      {reason === "" ? null : <span className="block max-w-80 truncate text-xs font-normal text-ink-3">{reason}</span>}
    </span>
  );
}

function tookText({ startedAt, finishedAt }: RunDto, locale: string): string {
  if (startedAt === null || finishedAt === null) return "–";
  return formatDuration(Date.parse(finishedAt) - Date.parse(startedAt), locale);
}
