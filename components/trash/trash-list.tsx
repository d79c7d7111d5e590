"use client";
/** Backups in the trash, the next to be removed first: why each is there, until when, and the way back. */
import { Trash2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useMemo } from "react";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { listTrashPages } from "#lib/query/policies";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { usePolicyName } from "../policies/policy-name.ts";
import { useCan } from "../shell/me.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { PurgeTime } from "./purge-time.tsx";
import { TakeOut, type TrashedDto } from "./take-out.tsx";
import { trashQueryOf, trashSpec } from "./trash-list-spec.tsx";

const column = columnsFor<TrashedDto>();
const backupId = ({ id }: TrashedDto): string => id;
const backupHref = ({ id }: TrashedDto): string => `/backups/${id}`;

export function TrashList() {
  const t = useTranslations("trash");
  const list = useListState(trashSpec);
  const columns = useColumns();
  const source = list.values.source;
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={backupId}
      rowHref={backupHref}
      pages={listTrashPages(trashQueryOf(source))}
      list={list}
      filters={<SourceFilter value={source} onChange={(next) => list.set({ source: next })} />}
      empty={
        <EmptyState icon={Trash2} title={t("empty")}>
          {t("emptyText")}
        </EmptyState>
      }
    />
  );
}

function useColumns() {
  const t = useTranslations("trash");
  const kinds = useTranslations("backups.kinds");
  const reasons = useTranslations("policies.reasons");
  const tellPolicy = usePolicyName();
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const mayTakeOut = useCan()("backups:delete");
  return useMemo(
    () => [
      column.accessor("snapshotAt", {
        header: t("columns.backup"),
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="block sm:whitespace-nowrap nums">{formatMinute(original.snapshotAt, { locale, timeZone })}</span>
            <span className="block text-xs font-normal text-ink-3">{kinds(original.kind)}</span>
          </span>
        ),
      }),
      column.accessor("sourceName", {
        header: t("columns.source"),
        cell: ({ getValue }) => <span className="wrap-anywhere">{getValue()}</span>,
      }),
      column.accessor("reason", {
        header: t("columns.reason"),
        cell: ({ row: { original } }) => (
          <span className="block">
            {reasons(original.reason)}
            <span className="block text-xs text-ink-3">{tellPolicy(original.trashedByName)}</span>
          </span>
        ),
      }),
      column.accessor("trashedAt", {
        header: t("columns.since"),
        meta: { from: "xl" },
        cell: ({ getValue }) => <AbsoluteTime at={getValue()} className="whitespace-nowrap nums" />,
      }),
      column.accessor("purgeAt", { header: t("columns.purge"), cell: ({ getValue }) => <PurgeTime at={getValue()} /> }),
      column.accessor("storedBytes", {
        header: t("columns.size"),
        meta: { num: true },
        cell: ({ getValue }) => formatBytes(getValue(), locale),
      }),
      ...(mayTakeOut
        ? [
            column.display({
              id: "take-out",
              header: () => <span className="sr-only">{t("takeOut")}</span>,
              meta: { card: "wide", className: "sm:text-right" },
              cell: ({ row: { original } }) => <TakeOut backup={original} />,
            }),
          ]
        : []),
    ],
    [t, kinds, reasons, tellPolicy, locale, timeZone, mayTakeOut],
  );
}
