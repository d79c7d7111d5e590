"use client";
/** `<ChooseDialog drill open onOpenChange />`: another backup or target for a drill that is being prepared; then it is looked at again. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { prepareDrill } from "#lib/contracts/drills";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { BackupChoice, TargetChoice } from "./drill-choices.tsx";
import type { DrillDialogProps } from "./pause-drill.tsx";
import { targetOf } from "./target-choice.ts";
import { useDrillAction } from "./use-drill-action.ts";

export function ChooseDialog({ drill, open, onOpenChange }: DrillDialogProps) {
  const t = useTranslations("drills.wizard.choose");
  const [backupId, setBackupId] = useState<string | null>(drill.backupId);
  const [target, setTarget] = useState<string | null>(null);
  const prepare = useDrillAction(prepareDrill, drill.id, { quiet: true, onDone: () => onOpenChange(false) });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const body = { ...(backupId === null ? {} : { backupId }), ...(target === null ? {} : { target: targetOf(target) }) };
    prepare.mutate({ params: { id: drill.id }, body });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      description={t("text")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="choose-drill" variant="primary" pending={prepare.isPending}>
            {t("confirm")}
          </Button>
        </>
      }
    >
      <form id="choose-drill" onSubmit={submit} className="flex flex-col gap-4">
        <BackupChoice sourceId={drill.sourceId} value={backupId} onChange={setBackupId} enabled={open} />
        {drill.engine === "sqlite" ? null : <TargetChoice value={target} onChange={setTarget} enabled={open} keep={t("keepTarget")} />}
        <ProblemNotice error={prepare.error} />
      </form>
    </Dialog>
  );
}
