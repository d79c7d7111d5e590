"use client";
/** One row for each source: thirty days, last backup, last verification, last proof, next due, and the button. */
import { Database, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { listSources } from "#lib/contracts/sources";
import type { z } from "zod";
import { columnsFor, DataTable } from "../data-table/data-table.tsx";
import { StartSample } from "../setup/start-sample.tsx";
import { useCan } from "../shell/me.tsx";
import { BackUpButton } from "../sources/back-up-button.tsx";
import { ProofCell } from "../sources/drill-stand.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { EnvironmentBadge } from "../status/environment-badge.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Strip30, StripLegend } from "../status/strip-30.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Section } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

type Answer = z.infer<typeof listSources.response>;
type SourceRow = Answer["items"][number];
type SourcesQuery = { data: Answer | undefined; isPending: boolean; isFetching: boolean; error: unknown; refetch: () => unknown };

const column = columnsFor<SourceRow>();
const sourceId = (source: SourceRow): string => source.id;

export function SourceRows({ query, autoBackup }: { query: SourcesQuery; autoBackup: "enabled" | "disabled" }) {
  const t = useTranslations("overview");
  const can = useCan();
  const columns = useMemo(
    () => [
      column.accessor("name", {
        header: t("columns.source"),
        meta: { className: "sm:min-w-44" },
        cell: ({ row }) => <SourceName source={row.original} />,
      }),
      column.display({
        id: "strip",
        header: t("columns.strip"),
        cell: ({ row }) => <Strip30 days={row.original.strip} since={row.original.createdAt} />,
        meta: { card: "wide", className: "sm:min-w-40" },
      }),
      column.accessor("lastGoodAt", {
        header: t("columns.lastBackup"),
        cell: ({ row }) => <LastBackup source={row.original} />,
      }),
      column.accessor("lastVerifiedAt", {
        header: t("columns.lastVerified"),
        cell: ({ row }) => (
          <RelativeTime at={row.original.lastVerifiedAt} className="whitespace-nowrap" never={<Never>{t("neverVerified")}</Never>} />
        ),
        meta: { from: "xl" },
      }),
      column.accessor("lastProvenAt", {
        header: t("columns.lastProof"),
        cell: ({ row }) => <ProofCell source={row.original} never={<Never>{t("neverProven1")}</Never>} />,
      }),
      column.display({
        id: "next",
        header: t("columns.next"),
        cell: ({ row }) => <NextDue source={row.original} autoBackup={autoBackup} />,
        meta: { from: "lg" },
      }),
      column.display({
        id: "action",
        header: () => <span className="sr-only">{t("do.backUp")}</span>,
        cell: ({ row }) => <BackUpButton row source={row.original} />,
        meta: { card: "aside", className: "sm:text-right" },
      }),
    ],
    [t, autoBackup],
  );
  return (
    <Section
      title={t("sources")}
      actions={
        <ButtonLink size="sm" variant="ghost" href="/sources">
          {t("allSources")}
        </ButtonLink>
      }
    >
      <DataTable
        label={t("sources")}
        columns={columns}
        rows={query.data?.items}
        rowId={sourceId}
        rowHref={(source) => `/sources/${source.id}`}
        query={query}
        footer={query.data !== undefined && query.data.items.length > 0 ? <StripLegend /> : null}
        empty={
          <EmptyState
            icon={Database}
            title={t("emptyTitle")}
            actions={
              can("servers:write") ? (
                <>
                  <ButtonLink variant="primary" icon={Plus} href="/settings/servers/new">
                    {t("addServer")}
                  </ButtonLink>
                  <StartSample />
                </>
              ) : null
            }
          >
            {t("emptyText")}
          </EmptyState>
        }
      />
    </Section>
  );
}

function Never({ children }: { children: string }) {
  return <span className="whitespace-nowrap text-ink-3">{children}</span>;
}

/** Older than its schedules promise is said; as fresh as promised is not, because that is how it should be. */
function LastBackup({ source: { lastGoodAt, objectiveMet, pausedAt } }: { source: SourceRow }) {
  const t = useTranslations("overview");
  return (
    <span className="inline-flex flex-col items-start gap-1 max-sm:items-end">
      <RelativeTime at={lastGoodAt} className="whitespace-nowrap" never={<Never>{t("neverBackedUp")}</Never>} />
      {objectiveMet || lastGoodAt === null || pausedAt !== null ? null : <StatusBadge status="source.late" />}
    </span>
  );
}

function NextDue({ source: { nextBackupAt, pausedAt }, autoBackup }: { source: SourceRow; autoBackup: "enabled" | "disabled" }) {
  const t = useTranslations("overview");
  if (nextBackupAt !== null) return <RelativeTime at={nextBackupAt} className="whitespace-nowrap" />;
  return <Never>{t(pausedAt !== null ? "nextPaused" : autoBackup === "enabled" ? "atStart" : "notScheduled")}</Never>;
}

function SourceName({ source }: { source: SourceRow }) {
  const t = useTranslations("status");
  return (
    <span className="block min-w-0">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-0 wrap-anywhere">{source.name}</span>
        {source.isSample ? (
          <Badge>{t("sample")}</Badge>
        ) : source.environment === "production" ? (
          <EnvironmentBadge environment="production" />
        ) : null}
        {source.pausedAt === null ? null : <StatusBadge status="source.paused" />}
      </span>
      <span className="block text-xs font-normal wrap-anywhere text-ink-3">{source.path ?? source.serverName}</span>
    </span>
  );
}
