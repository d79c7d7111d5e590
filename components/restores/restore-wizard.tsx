"use client";
/** Restoring: the point (a backup, or a date), where it goes, the plan of what would happen, then the run. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { formatMinute } from "#lib/format/time";
import { getBackupQuery } from "#lib/query/backups";
import { listRestorePointsQuery } from "#lib/query/restore-points";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { pointAt } from "../timeline/time-line-model.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import type { WantedPoint } from "./restore-draft.ts";
import { RestoreSteps } from "./restore-steps.tsx";

export function RestoreWizard({ point }: { point: WantedPoint }) {
  return "backupId" in point ? <OfBackup backupId={point.backupId} point={point} wantedAt={null} /> : <ToDate {...point} />;
}

/** The newest point that can be restored at or before the date, as the service would choose it. */
function ToDate({ sourceId, at }: { sourceId: string; at: string }) {
  const t = useTranslations("restores.new");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { data, error, refetch } = useQuery({ ...listRestorePointsQuery(sourceId, at), refetchInterval: false });
  if (data === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const { point } = pointAt(data.points, at);
  if (point === null) {
    return (
      <Page>
        <PageHeader title={t("title")} />
        <Notice tone="warn" actions={<ButtonLink href={`/sources/${sourceId}`}>{t("toTimeLine")}</ButtonLink>}>
          {t("noPoint", { time: formatMinute(at, settings) })}
        </Notice>
      </Page>
    );
  }
  return <OfBackup backupId={point.backupId} point={{ sourceId, at }} wantedAt={at} />;
}

function OfBackup({ backupId, point, wantedAt }: { backupId: string; point: WantedPoint; wantedAt: string | null }) {
  const t = useTranslations("restores.new");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { data: backup, error, refetch } = useQuery(getBackupQuery(backupId));
  if (backup === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return (
    <Page>
      <PageHeader
        title={wantedAt === null ? t("title") : t("titleDate")}
        crumbs={[
          { href: `/sources/${backup.sourceId}`, label: backup.sourceName },
          { href: `/backups/${backup.id}`, label: formatMinute(backup.snapshotAt, settings) },
        ]}
        description={t("lead")}
      />
      {backup.state === "available" ? (
        <RestoreSteps key={backup.id} backup={backup} point={point} wantedAt={wantedAt} />
      ) : (
        <Notice tone="bad">{t("gone")}</Notice>
      )}
    </Page>
  );
}
