"use client";
/** `<ResultCard run={run} />`: how a run ended, why if it failed, and where to go from here. */
import { ArchiveRestore } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { RunDetailDto } from "#lib/contracts/runs";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { OpenIncident } from "../incidents/open-incident.tsx";
import { useReasonText } from "../state/reason.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { elapsedMs } from "./run-progress.ts";

export function ResultCard({ run, canRestore, retry }: { run: RunDetailDto; canRestore: boolean; retry?: ReactNode }) {
  const t = useTranslations("runs.result");
  const steps = useTranslations("runs.steps");
  const tell = useReasonText();
  const locale = useLocale();
  if (run.state === "cancelled") {
    return (
      <Notice tone="info" title={t("cancelled")} actions={<Links run={run} canRestore={false} />}>
        {retry}
      </Notice>
    );
  }
  if (run.state === "failed") {
    const failed = run.steps.find(({ state }) => state === "failed");
    const reason = run.error === null ? null : tell(run.error);
    return (
      <Notice
        tone="bad"
        title={failed === undefined ? t("failed") : t("failedAt", { step: steps(failed.code) })}
        actions={
          <>
            {retry}
            <Links run={run} canRestore={false} />
            <OpenIncident small runId={run.id} sourceId={run.sourceId} />
          </>
        }
      >
        {reason === null ? null : (
          <>
            <p className="text-ink">{reason.message}</p>
            <p>{reason.hint}</p>
            {run.chainId === null ? null : <p>{t("chainDamaged")}</p>}
          </>
        )}
      </Notice>
    );
  }
  return <Notice tone="good" title={doneText()} actions={<Links run={run} canRestore={canRestore} />} />;

  function doneText(): string {
    switch (run.type) {
      case "backup":
        return t("backup", {
          size: formatBytes(run.progress.bytesDone, locale),
          duration: formatDuration(elapsedMs(run, new Date(0)), locale),
        });
      case "delete":
        return t(run.steps.some(({ code }) => code === "trash") ? "trashed" : "delete");
      case "verify":
      case "restore":
      case "undo-replace":
      case "clean-up-replace":
      case "verify-chain":
      case "synthesize":
      case "import":
      case "scan-storage":
      case "drill-prepare":
      case "drill-restore":
      case "drill-check":
      case "drill-close":
      case "clean-up":
      case "gate-check":
        return t(run.type);
      case "check-server":
      case "preview-restore":
      case "check-file":
      case "list-import-folder":
      case "drill-query":
        return t("probe");
    }
  }
}

function Links({ run, canRestore }: { run: RunDetailDto; canRestore: boolean }) {
  const t = useTranslations("runs.result");
  const hasBackup = run.backupId !== null && run.type !== "delete" && !(run.type === "backup" && run.state !== "succeeded");
  return (
    <>
      {canRestore && run.type === "backup" && run.backupId !== null ? (
        <ButtonLink size="sm" icon={ArchiveRestore} href={`/restores/new?backup=${run.backupId}`}>
          {t("restoreIt")}
        </ButtonLink>
      ) : null}
      {run.restoreId === null ? null : (
        <ButtonLink size="sm" href={`/restores/${run.restoreId}`}>
          {t("openRestore")}
        </ButtonLink>
      )}
      {run.drillId === null ? null : (
        <ButtonLink size="sm" href={`/drills/${run.drillId}`}>
          {t("openDrill")}
        </ButtonLink>
      )}
      {run.type === "scan-storage" ? (
        <ButtonLink size="sm" href="/settings/storage#orphans">
          {t("openStorage")}
        </ButtonLink>
      ) : null}
      {run.chainId === null ? null : (
        <ButtonLink size="sm" href={`/chains/${run.chainId}`}>
          {t("openChain")}
        </ButtonLink>
      )}
      {hasBackup ? (
        <ButtonLink size="sm" href={`/backups/${run.backupId}`}>
          {t("openBackup")}
        </ButtonLink>
      ) : run.sourceId === null ? null : (
        <ButtonLink size="sm" href={`/sources/${run.sourceId}`}>
          {t("openSource")}
        </ButtonLink>
      )}
    </>
  );
}
