"use client";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import type { BackupDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { columnsFor, type Column } from "../data-table/data-table.tsx";
import { MeterCompact } from "../status/meter.tsx";
import { Badge } from "../ui/badge.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { BackupMarks } from "./backup-marks.tsx";

/** The columns of the list of backups. */
export function useBackupColumns(): readonly Column<BackupDto>[] {
  const t = useTranslations("backups");
  const locale = useLocale();
  return useMemo(() => {
    const column = columnsFor<BackupDto>();
    return [
      column.accessor("sourceName", {
        header: t("columns.source"),
        meta: { className: "sm:min-w-32" },
        cell: ({ row: { original } }) => <Name backup={original} />,
      }),
      column.accessor("snapshotAt", {
        header: t("columns.snapshot"),
        meta: { sort: "snapshotAt", className: "whitespace-nowrap nums" },
        cell: ({ row: { original } }) => <When backup={original} />,
      }),
      column.accessor("kind", {
        header: t("columns.kind"),
        meta: { card: "aside" },
        cell: ({ row: { original } }) => <Badge>{t(`kinds.${original.kind}`)}</Badge>,
      }),
      column.accessor("meter", {
        header: t("columns.meter"),
        cell: ({ getValue }) => <MeterCompact meter={getValue()} />,
      }),
      column.accessor("reason", {
        header: t("columns.reason"),
        meta: { from: "xl", className: "max-w-48 truncate text-ink-2" },
        cell: ({ row: { original } }) => <Why backup={original} />,
      }),
      column.accessor("durationMs", {
        header: t("columns.duration"),
        meta: { num: true, from: "lg", className: "whitespace-nowrap" },
        cell: ({ row: { original } }) => (original.durationMs === null ? "–" : formatDuration(original.durationMs, locale)),
      }),
      column.accessor("streamBytes", {
        header: t("columns.stream"),
        meta: { num: true, sort: "streamBytes", className: "whitespace-nowrap" },
        cell: ({ getValue }) => formatBytes(getValue(), locale),
      }),
      column.accessor("storedBytes", {
        header: t("columns.stored"),
        meta: { num: true, sort: "storedBytes", className: "whitespace-nowrap" },
        cell: ({ getValue }) => formatBytes(getValue(), locale),
      }),
      column.accessor("serverVersion", {
        header: t("columns.versions"),
        meta: { from: "xl", className: "whitespace-nowrap nums" },
        cell: ({ row: { original } }) => `${original.serverVersion} / ${original.toolVersion}`,
      }),
    ] as const satisfies readonly Column<BackupDto>[];
  }, [t, locale]);
}

function When({ backup }: { backup: BackupDto }) {
  const t = useTranslations("backups");
  return (
    <span className="block max-sm:text-right">
      <AbsoluteTime at={backup.snapshotAt} />
      <span className="block text-xs text-ink-3">{t.rich("startedAgo", { age: () => <RelativeTime at={backup.startedAt} /> })}</span>
    </span>
  );
}

function Why({ backup }: { backup: BackupDto }) {
  const t = useTranslations("backups");
  return (
    <span className="block min-w-0">
      <span className="block truncate">{backup.reason || <span className="text-ink-3">{t("noReason")}</span>}</span>
      <span className="block truncate text-xs text-ink-3">
        {t("columns.who")}: {backup.createdBy.name}
      </span>
    </span>
  );
}

function Name({ backup }: { backup: BackupDto }) {
  return (
    <span className="block min-w-0">
      <span className="flex items-center gap-1.5">
        <span className="wrap-anywhere">{backup.sourceName}</span>
        <BackupMarks backup={backup} />
      </span>
      {backup.label === "" ? null : <span className="block truncate text-xs font-normal text-ink-3">{backup.label}</span>}
    </span>
  );
}
