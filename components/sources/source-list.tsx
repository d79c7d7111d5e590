"use client";
/** All sources: the strip, the last good backup, sizes; search and environment live in the address. */
import { Database, Plus } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import type { z } from "zod";
import { exportSources } from "#lib/contracts/exports";
import type { listSources } from "#lib/contracts/sources";
import { environments } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import { listSourcesPages } from "#lib/query/sources";
import { columnsFor, type Column } from "../data-table/data-table.tsx";
import { ExportMenu } from "../data-table/export-menu.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect, ToolbarSearch } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { EnvironmentBadge } from "../status/environment-badge.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Strip30 } from "../status/strip-30.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { ProofCell } from "./drill-stand.tsx";
import { sourceListSpec } from "./source-list-spec.tsx";
import { useSourcePlace } from "./source-place.ts";

type Row = z.output<typeof listSources.response>["items"][number];

export function SourceList() {
  const t = useTranslations("sources");
  const environment = useTranslations("status.environment");
  const can = useCan();
  const list = useListState(sourceListSpec);
  const { after: _after, ...values } = list.values;
  const columns = useColumns();
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={rowId}
      rowHref={rowHref}
      pages={listSourcesPages(values)}
      list={list}
      exports={<ExportMenu endpoint={exportSources} query={values} />}
      search={<ToolbarSearch label={t("search")} value={list.values.q} onChange={(q) => list.set({ q })} />}
      filters={
        <FilterSelect
          label={t("environment")}
          value={list.values.environment}
          options={environments.map((value) => ({ value, label: environment(value) }))}
          onChange={(next) => list.set({ environment: next })}
        />
      }
      empty={
        <EmptyState
          icon={Database}
          title={t("empty.title")}
          actions={
            can("sources:write") ? (
              <ButtonLink variant="primary" icon={Plus} href="/sources/new">
                {t("add")}
              </ButtonLink>
            ) : null
          }
        >
          {can("sources:write") ? t("empty.text") : t("empty.viewer")}
        </EmptyState>
      }
    />
  );
}

const rowId = ({ id }: Row): string => id;
const rowHref = ({ id }: Row): string => `/sources/${id}`;

function useColumns(): readonly Column<Row>[] {
  const t = useTranslations("sources");
  const locale = useLocale();
  const placeOf = useSourcePlace();
  return useMemo(() => {
    const column = columnsFor<Row>();
    const never = <span className="text-ink-3">{t("never")}</span>;
    return [
      column.accessor("name", {
        header: t("columns.name"),
        meta: { className: "sm:min-w-48" },
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="block wrap-anywhere">{original.name}</span>
            <span className="block text-xs font-normal wrap-anywhere text-ink-3">{placeOf(original)}</span>
          </span>
        ),
      }),
      column.accessor("environment", {
        header: t("environment"),
        meta: { card: "aside" },
        cell: ({ row: { original } }) => <SourceBadges source={original} />,
      }),
      column.accessor("strip", {
        header: t("columns.strip"),
        meta: { card: "wide", from: "lg", className: "sm:min-w-48" },
        cell: ({ row: { original } }) => <Strip30 days={original.strip} since={original.createdAt} />,
      }),
      column.accessor("lastGoodAt", {
        header: t("columns.lastGood"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} never={never} />,
      }),
      column.accessor("lastVerifiedAt", {
        header: t("columns.lastVerified"),
        meta: { from: "xl" },
        cell: ({ getValue }) => <RelativeTime at={getValue()} never={never} />,
      }),
      column.accessor("lastProvenAt", {
        header: t("columns.lastProven"),
        cell: ({ row: { original } }) => <ProofCell source={original} never={never} />,
      }),
      column.accessor("sizeBytes", {
        header: t("columns.size"),
        meta: { num: true },
        cell: ({ getValue }) => sizeText(getValue(), locale),
      }),
      column.accessor("storedBytes", {
        header: t("columns.stored"),
        meta: { num: true, from: "xl" },
        cell: ({ getValue }) => formatBytes(getValue(), locale),
      }),
    ] as const satisfies readonly Column<Row>[];
  }, [t, locale, placeOf]);
}

function sizeText(bytes: number | null, locale: string): string {
  return bytes === null ? "–" : formatBytes(bytes, locale);
}

export function SourceBadges({ source }: { source: Pick<Row, "environment" | "isSample" | "pausedAt" | "activeRun"> }) {
  const t = useTranslations("status");
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <EnvironmentBadge environment={source.environment} />
      {source.isSample ? <Badge>{t("sample")}</Badge> : null}
      {source.pausedAt === null ? null : <StatusBadge status="source.paused" />}
      {source.activeRun === null ? null : <StatusBadge status={`run.${source.activeRun.state}`} />}
    </span>
  );
}
