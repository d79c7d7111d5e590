"use client";
/** `<PauseSchedule schedule task onClose />`: pauses one schedule until a time, or until somebody resumes it. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { updateSchedule, type ScheduleDto } from "#lib/contracts/schedules";
import { formatMinute } from "#lib/format/time";
import { useAction } from "#lib/query/use-action";
import { toast } from "../ui/toast.tsx";
import { PauseDialog } from "./pause-dialog.tsx";
import { isOpenEnd, openEnd } from "./pause-until.ts";
import { scheduleChanges } from "./schedule-changes.ts";

export function PauseSchedule({ schedule, task, onClose }: { schedule: ScheduleDto; task: string; onClose: () => void }) {
  const t = useTranslations("schedules.pause");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const pause = useAction(updateSchedule, {
    changes: scheduleChanges,
    onDone: ({ pausedUntil }) => {
      const isOpen = pausedUntil === null || isOpenEnd(pausedUntil);
      toast({ title: isOpen ? t("doneOpen", { name: task }) : t("doneUntil", { name: task, time: formatMinute(pausedUntil, settings) }) });
      onClose();
    },
  });
  return (
    <PauseDialog
      title={t("titleOne", { task })}
      text={t("textOne")}
      pending={pause.isPending}
      error={pause.error}
      onPause={(until) => pause.mutate({ params: { id: schedule.id }, body: { pausedUntil: until ?? openEnd }, ifMatch: schedule.version })}
      onClose={onClose}
    />
  );
}
