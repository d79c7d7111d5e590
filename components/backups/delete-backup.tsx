"use client";
/** `<DeleteBackup backup open onOpenChange />`: asks what a delete would mean, says it with numbers, and names what blocks it. */
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { deleteBackup, type BackupDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { getDeleteConsequencesQuery } from "#lib/query/backups";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Notice } from "../ui/notice.tsx";

type DeleteProps = { backup: BackupDto; open: boolean; onOpenChange: (open: boolean) => void };

export function DeleteBackup({ backup, open, onOpenChange }: DeleteProps) {
  const t = useTranslations("backups.delete");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const router = useRouter();
  const { data, error } = useQuery({ ...getDeleteConsequencesQuery(backup.id), enabled: open });
  const remove = useAction(deleteBackup, {
    changes: ["getBackup", "listBackups", "getSource", "listSources", "listRuns", "getOverview"],
    onDone: (run) => router.push(`/runs/${run.id}`),
  });
  const blocked = data === undefined || data.pinned || data.dependents.length > 0;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      confirm={t("confirm", { size: formatBytes(data?.storedBytes ?? backup.storedBytes, settings.locale) })}
      disabled={blocked}
      pending={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id: backup.id }, ifMatch: backup.version })}
    >
      <p className="text-ink">
        {backup.sourceName}, {formatMinute(backup.snapshotAt, settings)}
      </p>
      {data === undefined ? (
        error ? (
          <ProblemNotice error={error} />
        ) : (
          <div role="status" aria-label={t("asking")}>
            <Skeleton className="h-4 w-3/4" />
          </div>
        )
      ) : (
        <>
          <p>
            {t("frees", { size: formatBytes(data.storedBytes, settings.locale) })}{" "}
            {t("remaining", { count: data.remaining, source: backup.sourceName })}
          </p>
          {data.isLastGood ? <Notice tone="bad">{t("lastGood", { source: backup.sourceName })}</Notice> : null}
          {data.isLastVerified ? <Notice tone="warn">{t("lastVerified", { source: backup.sourceName })}</Notice> : null}
          {data.pinned ? <Notice tone="warn">{t("pinned")}</Notice> : null}
          {data.dependents.length === 0 ? null : (
            <Notice tone="warn" title={t("dependents", { count: data.dependents.length })}>
              <ul className="list-disc pl-4">
                {data.dependents.map(({ id, snapshotAt }) => (
                  <li key={id}>
                    <Link href={`/backups/${id}`} className="link">
                      {formatMinute(snapshotAt, settings)}
                    </Link>
                  </li>
                ))}
              </ul>
              <p>{t("blockedDependents")}</p>
            </Notice>
          )}
        </>
      )}
      <ProblemNotice error={remove.error} />
    </ConfirmDialog>
  );
}
