"use client";
/** `<ScheduleRow schedule isLastBackup onEdit />`: one schedule in words: what, when, where those clocks are, what comes next, how the last one went. */
import { Ellipsis, Pause, Pencil, Play, Trash2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import { updateSchedule, type ScheduleDto } from "#lib/contracts/schedules";
import { formatMinute } from "#lib/format/time";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { BareSwitch } from "../ui/switch.tsx";
import { toast } from "../ui/toast.tsx";
import { readCron } from "./cron-reading.ts";
import { DeleteSchedule } from "./delete-schedule.tsx";
import { PauseSchedule } from "./pause-schedule.tsx";
import { isOpenEnd } from "./pause-until.ts";
import { scheduleChanges } from "./schedule-changes.ts";
import { TaskMark } from "./task-mark.tsx";

type RowProps = { schedule: ScheduleDto; isLastBackup: boolean; onEdit: () => void };

export function ScheduleRow({ schedule, isLastBackup, onEdit }: RowProps) {
  const t = useTranslations("schedules");
  const locale = useLocale();
  const mayWrite = useCan()("policies:write");
  const task = t(`tasks.${schedule.task}`);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-2 px-4 py-3.5 sm:px-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,21rem)_auto]">
      <div className="flex min-w-0 items-start gap-3">
        <TaskMark task={schedule.task} className="mt-0.5" />
        <div className="min-w-0">
          <p className="text-sm font-medium text-ink">{task}</p>
          <p className="text-[0.8125rem] wrap-anywhere text-ink-2">{readCron(schedule.cron, locale) ?? schedule.cron}</p>
          <p className="text-xs text-ink-3">
            {t("inZone", { zone: schedule.timeZone })} · <span className="font-mono whitespace-nowrap">{schedule.cron}</span>
          </p>
        </div>
      </div>
      <div className="min-w-0 text-[0.8125rem] max-lg:col-span-2 max-lg:row-start-2 max-lg:pl-7">
        <When schedule={schedule} />
      </div>
      {mayWrite ? <Actions schedule={schedule} task={task} isLastBackup={isLastBackup} onEdit={onEdit} /> : null}
    </li>
  );
}

function When({ schedule: { enabled, pausedUntil, next, lastSlot } }: { schedule: ScheduleDto }) {
  const t = useTranslations("schedules");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const [first] = next;
  return (
    <div className="flex flex-col items-start gap-1">
      {!enabled ? (
        <Badge>{t("off")}</Badge>
      ) : pausedUntil !== null ? (
        <Badge tone="warn" icon={Pause}>
          {isOpenEnd(pausedUntil) ? t("pausedOpen") : t("pausedUntil", { time: formatMinute(pausedUntil, settings) })}
        </Badge>
      ) : null}
      {enabled && (pausedUntil === null || first !== undefined) ? (
        <p className="text-ink-2">
          <span className="text-ink-3">{t("next")}: </span>
          {first === undefined ? (
            t("nextNone")
          ) : (
            <>
              <span className="text-ink nums">{formatMinute(first, settings)}</span>
              <span className="text-ink-3">
                {" · "}
                <RelativeTime at={first} className="whitespace-nowrap" />
              </span>
            </>
          )}
        </p>
      ) : null}
      {lastSlot === null ? null : (
        <p className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-ink-3">
          {t("last")}:
          {lastSlot.runId === null ? (
            <StatusBadge status={`slot.${lastSlot.state}`} />
          ) : (
            <Link href={`/runs/${lastSlot.runId}`} className="inline-flex rounded-full hover:underline">
              <StatusBadge status={`slot.${lastSlot.state}`} />
            </Link>
          )}
          <RelativeTime at={lastSlot.nominalAt} />
        </p>
      )}
    </div>
  );
}

function Actions({ schedule, task, isLastBackup, onEdit }: RowProps & { task: string }) {
  const t = useTranslations("schedules");
  const tell = useProblemText();
  const [dialog, setDialog] = useState<"pause" | "delete" | null>(null);
  const update = useAction(updateSchedule, {
    changes: scheduleChanges,
    onDone: ({ enabled, pausedUntil }) => {
      const said = enabled !== schedule.enabled ? (enabled ? "switchedOn" : "switchedOff") : pausedUntil === null ? "resumed" : null;
      if (said !== null) toast({ title: t(said, { task }) });
    },
    onProblem: (error) => toast({ tone: "bad", title: tell(error).message, text: tell(error).hint }),
  });
  const patch = (body: Partial<Pick<ScheduleDto, "enabled" | "pausedUntil">>): void =>
    update.mutate({ params: { id: schedule.id }, body, ifMatch: schedule.version });
  return (
    <div className="flex items-center gap-2">
      <BareSwitch
        checked={schedule.enabled}
        readOnly={update.isPending}
        onCheckedChange={(enabled) => patch({ enabled })}
        label={t("enabled", { task })}
      />
      <Menu
        trigger={<IconButton size="sm" icon={Ellipsis} label={t("actions", { task })} tooltip={false} />}
        items={[
          { label: t("edit"), icon: Pencil, onSelect: onEdit },
          schedule.pausedUntil === null
            ? { label: t("pauseOne"), icon: Pause, onSelect: () => setDialog("pause"), disabled: !schedule.enabled }
            : { label: t("resumeOne"), icon: Play, onSelect: () => patch({ pausedUntil: null }) },
          "line",
          { label: t("remove"), icon: Trash2, danger: true, onSelect: () => setDialog("delete") },
        ]}
      />
      {dialog === "pause" ? <PauseSchedule schedule={schedule} task={task} onClose={() => setDialog(null)} /> : null}
      <DeleteSchedule
        schedule={schedule}
        task={task}
        isLastBackup={isLastBackup}
        open={dialog === "delete"}
        onOpenChange={(open) => setDialog(open ? "delete" : null)}
      />
    </div>
  );
}
