"use client";
/** Files from elsewhere, newest first: how far each is, what it is, and what became of it. */
import { FileInput } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import { useMemo } from "react";
import type { ImportDto } from "#lib/contracts/imports";
import { formatBytes } from "#lib/format/bytes";
import { formatPercent } from "#lib/format/number";
import { listImportsPages } from "#lib/query/imports";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Progress } from "../ui/progress.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { ForgetImport } from "./forget-import.tsx";
import { importHref } from "./import-address.tsx";
import { NewImportLink } from "./new-import-link.tsx";

const column = columnsFor<ImportDto>();
const importId = ({ id }: ImportDto): string => id;

export function ImportList() {
  const t = useTranslations("imports");
  const columns = useColumns();
  const mayImport = useCan()("backups:import");
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={importId}
      // Whoever may only read has nowhere to go on from an unfinished one.
      rowHref={(row) => (mayImport || row.state === "done" || row.state === "running" ? importHref(row) : null)}
      pages={listImportsPages({})}
      empty={
        <EmptyState icon={FileInput} title={t("empty.title")} actions={<NewImportLink />}>
          {mayImport ? t("empty.text") : t("empty.viewer")}
        </EmptyState>
      }
    />
  );
}

function useColumns() {
  const t = useTranslations("imports");
  const locale = useLocale();
  const mayImport = useCan()("backups:import");
  return useMemo(
    () => [
      column.accessor("fileName", {
        header: t("columns.file"),
        meta: { className: "sm:min-w-48" },
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="block wrap-anywhere">{original.fileName}</span>
            <span className="block text-xs font-normal wrap-anywhere text-ink-3">{original.path ?? t("form.uploaded")}</span>
          </span>
        ),
      }),
      column.accessor("state", {
        header: t("columns.state"),
        meta: { card: "aside", className: "sm:min-w-40" },
        cell: ({ row: { original } }) => <State imported={original} />,
      }),
      column.accessor("format", {
        header: t("columns.format"),
        meta: { className: "sm:min-w-44" },
        cell: ({ row: { original } }) => (original.format === null ? "–" : t(`formats.${original.format}`)),
      }),
      column.accessor("sourceName", { header: t("columns.source"), cell: ({ getValue }) => getValue() ?? "–" }),
      column.accessor("backupId", { header: t("columns.backup"), cell: ({ row: { original } }) => <Became imported={original} /> }),
      column.accessor("bytes", {
        header: t("columns.size"),
        meta: { num: true, from: "lg" },
        cell: ({ getValue }) => formatBytes(getValue(), locale),
      }),
      column.accessor("createdAt", {
        header: t("columns.when"),
        meta: { from: "xl" },
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
      }),
      ...(mayImport
        ? [
            column.display({
              id: "forget",
              header: () => <span className="sr-only">{t("forget.button")}</span>,
              meta: { card: "hide", className: "sm:w-12 sm:text-right" },
              cell: ({ row: { original } }) => (original.state === "running" ? null : <ForgetImport row imported={original} />),
            }),
          ]
        : []),
    ],
    [t, locale, mayImport],
  );
}

function State({ imported }: { imported: ImportDto }) {
  const t = useTranslations("imports.upload");
  const locale = useLocale();
  const tell = useReasonText();
  const { state, bytes, receivedBytes, error } = imported;
  const share = formatPercent(bytes === 0 ? 0 : receivedBytes / bytes, locale);
  return (
    <span className="flex min-w-0 flex-col gap-1">
      <span>
        <StatusBadge status={`import.${state}`} />
      </span>
      {state === "uploading" ? (
        <span className="flex items-center gap-2 text-xs text-ink-2 nums">
          <span className="w-20">
            <Progress thin label={t("progress")} value={receivedBytes} max={bytes} text={share} />
          </span>
          {share}
        </span>
      ) : null}
      {state === "failed" && error !== null ? (
        <span className="max-w-72 text-xs wrap-anywhere text-ink-2">{tell(error).message}</span>
      ) : null}
    </span>
  );
}

function Became({ imported: { backupId, runId, state } }: { imported: ImportDto }) {
  const t = useTranslations("imports.further");
  const linkClass = "link relative z-10 whitespace-nowrap";
  if (backupId !== null && state === "done") {
    return (
      <Link href={`/backups/${backupId}`} className={linkClass}>
        {t("openBackup")}
      </Link>
    );
  }
  if (runId === null) return "–";
  return (
    <Link href={`/runs/${runId}`} className={linkClass}>
      {t("openRun")}
    </Link>
  );
}
