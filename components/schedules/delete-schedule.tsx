"use client";
/** `<DeleteSchedule schedule task isLastBackup open onOpenChange />`: says what ends with it, above all that nothing may be backed up any more. */
import { useLocale, useTranslations } from "next-intl";
import { deleteSchedule, type ScheduleDto } from "#lib/contracts/schedules";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toast.tsx";
import { readCron } from "./cron-reading.ts";
import { scheduleChanges } from "./schedule-changes.ts";

type DeleteProps = {
  schedule: ScheduleDto;
  task: string;
  isLastBackup: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function DeleteSchedule({ schedule, task, isLastBackup, open, onOpenChange }: DeleteProps) {
  const t = useTranslations("schedules");
  const locale = useLocale();
  const remove = useAction(deleteSchedule, {
    changes: scheduleChanges,
    onDone: () => {
      toast({ title: t("removed") });
      onOpenChange(false);
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("deleteOne.title")}
      confirm={t("deleteOne.confirm")}
      pending={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id: schedule.id }, ifMatch: schedule.version })}
    >
      <p>{t("deleteOne.text", { task, reading: readCron(schedule.cron, locale) ?? schedule.cron })}</p>
      {isLastBackup ? <Notice tone="warn">{t("deleteOne.lastBackup", { source: schedule.sourceName })}</Notice> : null}
      <ProblemNotice error={remove.error} />
    </ConfirmDialog>
  );
}
