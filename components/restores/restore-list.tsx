"use client";
/** All restores, newest first. */
import { ArchiveRestore } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import { exportRestores } from "#lib/contracts/exports";
import type { RestoreDto } from "#lib/contracts/restores";
import { formatDuration } from "#lib/format/duration";
import { listRestoresPages } from "#lib/query/restores";
import { columnsFor, type Column } from "../data-table/data-table.tsx";
import { ExportMenu } from "../data-table/export-menu.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";

export function RestoreList() {
  const t = useTranslations("restores");
  const columns = useColumns();
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={rowId}
      rowHref={rowHref}
      pages={listRestoresPages({})}
      exports={<ExportMenu endpoint={exportRestores} query={{}} />}
      empty={
        <EmptyState
          icon={ArchiveRestore}
          title={t("empty.title")}
          actions={<ButtonLink href="/backups">{t("new.pick.button")}</ButtonLink>}
        >
          {t("empty.text")}
        </EmptyState>
      }
    />
  );
}

const rowId = ({ id }: RestoreDto): string => id;
const rowHref = ({ id }: RestoreDto): string => `/restores/${id}`;

function useColumns(): readonly Column<RestoreDto>[] {
  const t = useTranslations("restores");
  const locale = useLocale();
  return useMemo(() => {
    const column = columnsFor<RestoreDto>();
    return [
      column.accessor("database", {
        header: t("columns.target"),
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="block truncate font-mono text-[0.8125rem]">{original.database}</span>
            <span className="block truncate text-xs font-normal text-ink-3">
              {original.mode === "replace" ? t("columns.replaced", { server: placeOf(original) }) : placeOf(original)}
            </span>
          </span>
        ),
      }),
      column.accessor("run", {
        header: t("columns.state"),
        meta: { card: "aside" },
        cell: ({ row: { original } }) => <StatusBadge status={`run.${original.run.state}`} />,
      }),
      column.accessor("sourceName", { header: t("columns.source"), cell: ({ getValue }) => getValue() }),
      column.accessor("snapshotAt", {
        header: t("columns.backup"),
        meta: { className: "whitespace-nowrap nums" },
        cell: ({ getValue }) => <AbsoluteTime at={getValue()} />,
      }),
      column.accessor("createdAt", { header: t("columns.when"), cell: ({ getValue }) => <RelativeTime at={getValue()} /> }),
      column.display({
        id: "duration",
        header: t("columns.duration"),
        meta: { num: true, from: "lg" },
        cell: ({ row: { original } }) => durationText(original, locale),
      }),
    ] as const satisfies readonly Column<RestoreDto>[];
  }, [t, locale]);
}

/** The server that it went to, or, of a file, the worker's host. */
function placeOf({ serverName, targetPath }: RestoreDto): string {
  return serverName ?? targetPath ?? "";
}

function durationText({ run: { startedAt, finishedAt } }: RestoreDto, locale: string): string {
  return startedAt === null || finishedAt === null ? "–" : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt), locale);
}
