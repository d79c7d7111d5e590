"use client";
/** Restore points of a source by day, newest first, each with its proof and "Restore from here". */
import { useInfiniteQuery } from "@tanstack/react-query";
import { ArchiveRestore, History } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { BackupDto } from "#lib/contracts/backups";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import { formatClock, formatDay, formatMinute, formatZone } from "#lib/format/time";
import { listBackupsPages } from "#lib/query/backups";
import { BackupMarks } from "../backups/backup-marks.tsx";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { MeterCompact } from "../status/meter.tsx";
import { Strip30 } from "../status/strip-30.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { BackUpButton } from "./back-up-button.tsx";
import { groupByDay } from "./group-by-day.ts";

export function RecoveryTab({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("sources.recovery");
  const can = useCan();
  const timeZone = useTimeZone() ?? "UTC";
  const locale = useLocale();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    listBackupsPages({ source: source.id }),
  );
  const days = groupByDay(data?.pages.flatMap(({ items }) => items) ?? [], timeZone);
  return (
    <Card title={t("title")} description={t("lead")} flush actions={<Strip30 days={source.strip} since={source.createdAt} />}>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <RowsSkeleton rows={4} />
        )
      ) : days.length === 0 ? (
        <EmptyState icon={History} title={t("empty.title")} actions={<BackUpButton source={source} />}>
          {can("backups:create") ? t("empty.text") : t("empty.viewer")}
        </EmptyState>
      ) : (
        days.map(({ day, points }) => (
          <section key={day} aria-labelledby={`day-${day}`}>
            <h3 id={`day-${day}`} className="border-b border-line bg-sunken/60 px-4 py-1.5 text-xs font-medium text-ink-2 nums sm:px-5">
              {formatDay(points[0]?.snapshotAt ?? day, { locale, timeZone })}
            </h3>
            <ol className="divide-y divide-line/70 border-b border-line/70 last:border-b-0">
              {points.map((point) => (
                <Point key={point.id} point={point} />
              ))}
            </ol>
          </section>
        ))
      )}
      {hasNextPage ? (
        <div className="border-t border-line px-4 py-2.5 sm:px-5">
          <Button size="sm" pending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function Point({ point }: { point: BackupDto }) {
  const t = useTranslations("sources.recovery");
  const kinds = useTranslations("backups.kinds");
  const can = useCan();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const whole = formatMinute(point.snapshotAt, settings);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[9rem_9rem_minmax(0,1fr)_5rem_auto] sm:px-5">
      <Link href={`/backups/${point.id}`} className="link font-medium nums">
        <time dateTime={point.snapshotAt}>{formatClock(point.snapshotAt, settings)}</time>{" "}
        <span className="text-xs font-normal text-ink-3">{formatZone(point.snapshotAt, settings)}</span>
      </Link>
      <span className="max-sm:col-start-1 max-sm:row-start-2">
        <MeterCompact meter={point.meter} />
      </span>
      <span className="flex min-w-0 items-center gap-2 text-[0.8125rem] text-ink-2 max-sm:col-span-2">
        <Badge>{kinds(point.kind)}</Badge>
        <BackupMarks backup={point} />
        <span className="truncate">{point.label || point.reason}</span>
      </span>
      <span className="text-right text-[0.8125rem] text-ink-2 nums max-sm:hidden">{formatBytes(point.storedBytes, settings.locale)}</span>
      {can("restores:create") ? (
        <ButtonLink
          size="sm"
          icon={ArchiveRestore}
          href={`/restores/new?backup=${point.id}`}
          aria-label={`${t("restore")}: ${whole}`}
          className="max-sm:col-start-2 max-sm:row-span-2 max-sm:row-start-1"
        >
          {t("restore")}
        </ButtonLink>
      ) : (
        <span />
      )}
    </li>
  );
}
