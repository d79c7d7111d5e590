"use client";
/** `<SynthesizeBackup backup open onOpenChange />`: explains what a synthetic full is and costs, then starts it. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { synthesizeBackup, type BackupDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { useStartRun } from "../runs/use-start-run.ts";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";

type SynthesizeProps = {
  backup: Pick<BackupDto, "id" | "sourceName" | "snapshotAt" | "streamBytes">;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function SynthesizeBackup({ backup, open, onOpenChange }: SynthesizeProps) {
  const t = useTranslations("backups.synthesize");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const start = useStartRun(synthesizeBackup, ["getBackup", "listBackups", "getChain", "listChains", "listRestorePoints"], { quiet: true });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      danger={false}
      title={t("title")}
      confirm={t("confirm")}
      pending={start.isPending}
      onConfirm={() => start.mutate({ params: { id: backup.id } })}
    >
      <p className="text-ink">
        {backup.sourceName}, {formatMinute(backup.snapshotAt, settings)}
      </p>
      <p>{t("what")}</p>
      <p>{t("cost", { size: formatBytes(backup.streamBytes, settings.locale) })}</p>
      <ProblemNotice error={start.error} />
    </ConfirmDialog>
  );
}
