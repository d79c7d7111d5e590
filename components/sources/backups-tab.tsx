"use client";
/** The backups of a source, grouped by chain. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { BackupDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { dayKey, formatDay, formatInstant, formatMinute } from "#lib/format/time";
import { listBackupsPages } from "#lib/query/backups";
import { BackupMarks } from "../backups/backup-marks.tsx";
import { groupByChain, type ChainGroup } from "../backups/group-by-chain.ts";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { MeterCompact } from "../status/meter.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { PointSymbol } from "../timeline/point-mark.tsx";
import { shapeOf } from "../timeline/time-line-model.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

export function BackupsTab({ sourceId }: { sourceId: string }) {
  const t = useTranslations("sources.chains");
  const more = useTranslations("backups");
  const timeZone = useTimeZone() ?? "UTC";
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(listBackupsPages({ source: sourceId }));
  if (data === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={4} />;
  const chains = groupByChain(data.pages.flatMap(({ items }) => items));
  const dayOf = (chain: ChainGroup): string => dayKey(chain.oldestAt, timeZone);
  const days = new Map([...Map.groupBy(chains, dayOf)].map(([day, found]) => [day, found.length]));
  if (chains.length === 0) return <EmptyState icon={Archive} title={t("empty")} />;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-[0.8125rem] text-ink-2">{t("hint")}</p>
      {chains.map((chain) => (
        <Chain key={chain.chainId} chain={chain} sameDay={(days.get(dayOf(chain)) ?? 0) > 1} />
      ))}
      {hasNextPage ? (
        <div>
          <Button pending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {more("more")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Chain({ chain, sameDay }: { chain: ChainGroup; sameDay: boolean }) {
  const t = useTranslations("sources.chains");
  const columns = useTranslations("backups.columns");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  // Chains of one day would otherwise be cards, links and regions of one name.
  const title = t("chain", { day: sameDay ? formatInstant(chain.oldestAt, settings) : formatDay(chain.oldestAt, settings) });
  return (
    <Card
      title={
        <Link href={`/chains/${chain.chainId}`} className="link">
          {title}
        </Link>
      }
      description={t("summary", { count: chain.members.length, size: formatBytes(chain.storedBytes, settings.locale) })}
      actions={chain.broken === 0 ? null : <StatusBadge status="chain.broken" />}
      flush
    >
      {/* Chains of one day would otherwise be regions of one name. */}
      <TableFrame label={t("chain", { day: formatInstant(chain.oldestAt, settings) })} className="relative">
        <thead>
          <tr>
            <Th>{columns("snapshot")}</Th>
            <Th>{columns("kind")}</Th>
            <Th>{columns("meter")}</Th>
            <Th className="max-md:hidden">{columns("reason")}</Th>
            <Th num>{columns("duration")}</Th>
            <Th num>{columns("stream")}</Th>
            <Th num>{columns("stored")}</Th>
          </tr>
        </thead>
        <tbody>
          {chain.members.map((backup) => (
            <Member key={backup.id} backup={backup} />
          ))}
        </tbody>
      </TableFrame>
    </Card>
  );
}

function Member({ backup }: { backup: BackupDto }) {
  const shapes = useTranslations("timeline.shapes");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { locale } = settings;
  return (
    <tr className="hover:bg-hover/60">
      <Td className="whitespace-nowrap">
        <Link href={`/backups/${backup.id}`} className="link font-medium nums">
          {formatMinute(backup.snapshotAt, settings)}
        </Link>
        <BackupMarks backup={backup} className="ml-2" />
      </Td>
      <Td>
        <span className="flex items-center gap-1.5 whitespace-nowrap">
          <PointSymbol shape={shapeOf(backup)} blocked={backup.broken !== null} />
          {shapes(shapeOf(backup))}
        </span>
      </Td>
      <Td>
        <MeterCompact meter={backup.meter} />
      </Td>
      <Td className="max-w-60 truncate text-ink-2 max-md:hidden">{backup.label || backup.reason}</Td>
      <Td num>{backup.durationMs === null ? "–" : formatDuration(backup.durationMs, locale)}</Td>
      <Td num>{formatBytes(backup.streamBytes, locale)}</Td>
      <Td num>{formatBytes(backup.storedBytes, locale)}</Td>
    </tr>
  );
}
