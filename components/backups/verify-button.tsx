"use client";
/** `<VerifyButton backupId={backup.id} />`: starts a verification and leads to its run; where one is at work, to that one. */
import { ShieldCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { verifyBackup } from "#lib/contracts/backups";
import { useStartRun } from "../runs/use-start-run.ts";
import { Button } from "../ui/button.tsx";

export function VerifyButton({ backupId }: { backupId: string }) {
  const t = useTranslations("backups.actions");
  const verify = useStartRun(verifyBackup, ["getBackup", "listBackups", "listBackupValidations"]);
  return (
    <Button icon={ShieldCheck} pending={verify.isPending} onClick={() => verify.mutate({ params: { id: backupId } })}>
      {t("verify")}
    </Button>
  );
}
