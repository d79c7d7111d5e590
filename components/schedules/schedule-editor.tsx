"use client";
/** `<ScheduleEditor source schedule task onClose />`: one schedule, new or changed, with what it means below its fields as they are typed. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useId, type SyntheticEvent } from "react";
import { createSchedule, updateSchedule, type ScheduleDto } from "#lib/contracts/schedules";
import { scheduleTasks, type ScheduleTask } from "#lib/domain/schedule-task";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { toast } from "../ui/toast.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { CronFields } from "./cron-fields.tsx";
import { readCron } from "./cron-reading.ts";
import { cronOf } from "./cron-shape.ts";
import { InBetweenFields } from "./in-between-fields.tsx";
import { scheduleChanges } from "./schedule-changes.ts";
import { newSchedule, scheduleDraftOf, scheduleFaults, scheduleOf, type ScheduleDraft } from "./schedule-draft.ts";
import { SchedulePreview } from "./schedule-preview.tsx";
import { ZoneField } from "./zone-field.tsx";

type EditorProps = {
  source: { readonly id: string; readonly engine: "postgres" | "sqlite" };
  /** Null: a new one. */
  schedule: ScheduleDto | null;
  /** What a new one does at first; a full backup unless told. */
  task?: ScheduleTask;
  onClose: () => void;
};

export function ScheduleEditor({ source, schedule, task, onClose }: EditorProps) {
  const t = useTranslations("schedules.editor");
  const tasks = useTranslations("schedules.tasks");
  const hints = useTranslations("schedules.taskHints");
  const locale = useLocale();
  const ownZone = useTimeZone() ?? "UTC";
  const form = useId();
  const [draft, change] = useDraft<ScheduleDraft>(() => scheduleDraftOf(schedule ?? newSchedule(ownZone, task)));
  const made = scheduleOf(draft);
  const faults = scheduleFaults(draft);
  const onDone = (saved: ScheduleDto): void => {
    toast({ title: t("saved", { task: tasks(saved.task), reading: readCron(saved.cron, locale) ?? saved.cron }) });
    onClose();
  };
  const create = useAction(createSchedule, { changes: scheduleChanges, onDone });
  const update = useAction(updateSchedule, { changes: scheduleChanges, onDone });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (made === null) return;
    if (schedule === null) create.mutate({ body: { sourceId: source.id, ...made } });
    else update.mutate({ params: { id: schedule.id }, body: made, ifMatch: schedule.version });
  };
  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t(schedule === null ? "addTitle" : "editTitle")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" disabled={made === null} pending={create.isPending || update.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="flex flex-col gap-5">
        <Field label={t("task")} hint={hints(draft.task)}>
          <Select
            value={draft.task}
            onValueChange={(task) => change({ task })}
            options={scheduleTasks.map((task) => ({ value: task, label: tasks(task), hint: hints(task) }))}
          />
        </Field>
        <CronFields draft={draft.cron} onChange={(cron) => change({ cron })} />
        <ZoneField value={draft.timeZone} onChange={(timeZone) => change({ timeZone })} hint={t("zoneHint")} />
        <SchedulePreview cron={cronOf(draft.cron)} timeZone={faults.has("timeZone") ? null : draft.timeZone.trim()} />
        <InBetweenFields draft={draft} change={change} faults={faults} />
        <Switch checked={draft.enabled} onCheckedChange={(enabled) => change({ enabled })} label={t("enabled")} />
        <ProblemNotice error={create.error ?? update.error} />
      </form>
    </Dialog>
  );
}
