"use client";
/** Every schedule of every source, the next due first; each leads to its source's tab. */
import { CalendarClock } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useMemo } from "react";
import type { ScheduleDto } from "#lib/contracts/schedules";
import { listSchedulesPages } from "#lib/query/schedules";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { readCron } from "./cron-reading.ts";
import { TaskMark } from "./task-mark.tsx";

const column = columnsFor<ScheduleDto>();
const scheduleId = ({ id }: ScheduleDto): string => id;
const sourceHref = ({ sourceId }: ScheduleDto): string => `/sources/${sourceId}?tab=policy`;

export function ScheduleList() {
  const t = useTranslations("schedules");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const columns = useMemo(
    () => [
      column.accessor("sourceName", {
        header: t("list.source"),
        cell: ({ getValue }) => <span className="wrap-anywhere">{getValue()}</span>,
      }),
      column.accessor("task", {
        header: t("list.task"),
        cell: ({ getValue }) => (
          <span className="inline-flex items-center gap-2">
            <TaskMark task={getValue()} />
            {t(`tasks.${getValue()}`)}
          </span>
        ),
      }),
      column.accessor("cron", {
        header: t("list.when"),
        cell: ({ row: { original } }) => (
          <span className="block max-sm:text-right">
            {readCron(original.cron, locale) ?? original.cron}
            {original.timeZone === timeZone ? null : <span className="block text-xs text-ink-3">{original.timeZone}</span>}
          </span>
        ),
      }),
      column.display({ id: "next", header: t("list.next"), cell: ({ row: { original } }) => <Next schedule={original} /> }),
      column.accessor("lastSlot", {
        header: t("list.last"),
        meta: { card: "aside" },
        cell: ({ row: { original } }) => (original.lastSlot === null ? "–" : <StatusBadge status={`slot.${original.lastSlot.state}`} />),
      }),
    ],
    [t, locale, timeZone],
  );
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={scheduleId}
      rowHref={sourceHref}
      pages={listSchedulesPages({})}
      empty={
        <EmptyState icon={CalendarClock} title={t("list.empty")} actions={<ButtonLink href="/sources">{t("list.toSources")}</ButtonLink>}>
          {t("list.emptyText")}
        </EmptyState>
      }
    />
  );
}

function Next({ schedule: { enabled, pausedUntil, next } }: { schedule: ScheduleDto }) {
  const t = useTranslations("schedules");
  const [first] = next;
  if (!enabled) return <Badge>{t("off")}</Badge>;
  if (first === undefined) return pausedUntil === null ? t("nextNone") : <Badge tone="warn">{t("pausedOpen")}</Badge>;
  return <AbsoluteTime at={first} className="nums sm:whitespace-nowrap" />;
}
