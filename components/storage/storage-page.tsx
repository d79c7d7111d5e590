"use client";
/** Where backups lie: space by destination, kind and source, and files in storage that the catalogue does not know. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { StorageUsageDto } from "#lib/contracts/storage";
import { formatBytes } from "#lib/format/bytes";
import { formatCount, formatPercent } from "#lib/format/number";
import { getStorageUsageQuery } from "#lib/query/storage";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { PointSymbol } from "../timeline/point-mark.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Progress } from "../ui/progress.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { OrphansCard } from "./orphans-card.tsx";
import { shareOfTotal } from "./share-of-total.ts";

export function StoragePage() {
  const { data, error, refetch } = useQuery(getStorageUsageQuery());
  return (
    <>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <RowsSkeleton rows={6} />
        )
      ) : (
        <>
          <Destinations usage={data} />
          <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
            <ByKind usage={data} />
            <BySource usage={data} />
          </div>
        </>
      )}
      <OrphansCard />
    </>
  );
}

function Destinations({ usage }: { usage: StorageUsageDto }) {
  const t = useTranslations("storage.usage");
  const locale = useLocale();
  return (
    <Card
      title={t("destinations")}
      description={t("total", {
        count: usage.total.backups,
        stored: formatBytes(usage.total.storedBytes, locale),
        stream: formatBytes(usage.total.streamBytes, locale),
      })}
      flush
    >
      <ul className="divide-y divide-line/70">
        {usage.destinations.map(({ id, name, path, freeBytes, totalBytes }) => (
          <li key={id} className="grid items-center gap-x-6 gap-y-2 px-4 py-3.5 sm:grid-cols-[minmax(0,1fr)_minmax(0,18rem)] sm:px-5">
            <div className="min-w-0">
              <p className="text-sm font-medium text-ink">{name}</p>
              <InlineCode>{path}</InlineCode>
            </div>
            {freeBytes === null || totalBytes === null ? (
              <p className="text-[0.8125rem] text-ink-3">{t("freeUnknown")}</p>
            ) : (
              <div className="flex flex-col gap-1.5">
                <Progress
                  label={t("used", { name })}
                  value={totalBytes - freeBytes}
                  max={totalBytes}
                  text={formatPercent((totalBytes - freeBytes) / totalBytes, locale)}
                  tone={freeBytes / totalBytes < 0.1 ? "warn" : "accent"}
                  thin
                />
                <p className="text-xs text-ink-2 nums">
                  {t("free", { free: formatBytes(freeBytes, locale), total: formatBytes(totalBytes, locale) })}
                </p>
              </div>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ByKind({ usage }: { usage: StorageUsageDto }) {
  const t = useTranslations("storage.usage");
  const kinds = useTranslations("backups.kinds");
  return (
    <Usage
      title={t("byKind")}
      head={t("kind")}
      rows={usage.byKind.map((row) => ({
        key: row.kind,
        name: (
          <span className="flex items-center gap-2">
            <PointSymbol shape={row.kind} />
            {kinds(row.kind)}
          </span>
        ),
        ...row,
      }))}
      total={usage.total.storedBytes}
    />
  );
}

function BySource({ usage }: { usage: StorageUsageDto }) {
  const t = useTranslations("storage.usage");
  return (
    <Usage
      title={t("bySource")}
      head={t("source")}
      rows={usage.bySource.map((row) => ({
        key: row.sourceId,
        name: (
          <Link href={`/sources/${row.sourceId}?tab=backups`} className="link font-medium">
            {row.sourceName}
          </Link>
        ),
        note: t("chains", { count: row.chains }),
        ...row,
      }))}
      total={usage.total.storedBytes}
    />
  );
}

type UsageRow = { key: string; name: ReactNode; note?: string; backups: number; storedBytes: number; streamBytes: number };

function Usage({ title, head, rows, total }: { title: string; head: string; rows: readonly UsageRow[]; total: number }) {
  const t = useTranslations("storage.usage");
  const locale = useLocale();
  return (
    <Card title={title} flush>
      {rows.length === 0 ? (
        <p className="px-5 py-8 text-center text-sm text-ink-2">{t("none")}</p>
      ) : (
        <TableFrame label={title} className="relative">
          <thead>
            <tr>
              <Th>{head}</Th>
              <Th num>{t("backups")}</Th>
              <Th num>{t("stored")}</Th>
              <Th num className="max-sm:hidden">
                {t("stream")}
              </Th>
              <Th num>{t("share")}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, note, backups, storedBytes, streamBytes }) => (
              <tr key={key}>
                <Td>
                  {name}
                  {note === undefined ? null : <span className="block text-xs text-ink-3">{note}</span>}
                </Td>
                <Td num>{formatCount(backups, locale)}</Td>
                <Td num className="whitespace-nowrap">
                  {formatBytes(storedBytes, locale)}
                </Td>
                <Td num className="whitespace-nowrap max-sm:hidden">
                  {formatBytes(streamBytes, locale)}
                </Td>
                <Td num>{formatPercent(shareOfTotal(storedBytes, total), locale)}</Td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Card>
  );
}
