"use client";
/** `<SlotList slots label />`: the starts of a day: when, what, of which source, and what became of each. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import type { SlotDto } from "#lib/contracts/schedules";
import { formatClock } from "#lib/format/time";
import { TaskMark } from "../schedules/task-mark.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";

/** A schedule of every minute names 1440 starts a day. */
const firstShown = 12;
const step = 100;

export function SlotList({ slots, label }: { slots: readonly SlotDto[]; label: string }) {
  const t = useTranslations("calendar");
  const [limit, setLimit] = useState(firstShown);
  return (
    <>
      <ul aria-label={label} className="divide-y divide-line/70">
        {slots.slice(0, limit).map((slot) => (
          <Slot key={`${slot.id ?? slot.scheduleId ?? ""}-${slot.nominalAt}`} slot={slot} />
        ))}
      </ul>
      {slots.length > limit ? (
        <Button size="sm" className="my-2.5" onClick={() => setLimit(limit + step)}>
          {t("more", { count: Math.min(step, slots.length - limit) })}
        </Button>
      ) : null}
    </>
  );
}

function Slot({ slot }: { slot: SlotDto }) {
  const t = useTranslations("schedules");
  const calendar = useTranslations("calendar");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  return (
    <li className="grid grid-cols-[3rem_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1 py-2.5">
      <time dateTime={slot.nominalAt} className="text-sm text-ink nums">
        {formatClock(slot.nominalAt, settings).slice(0, 5)}
      </time>
      <div className="min-w-0">
        <p className="flex items-center gap-1.5 text-sm text-ink">
          <TaskMark task={slot.task} className="size-3.5!" />
          {t(`tasks.${slot.task}`)}
        </p>
        <p className="text-[0.8125rem] wrap-anywhere text-ink-2">
          <Link href={`/sources/${slot.sourceId}?tab=policy`} className="link">
            {slot.sourceName}
          </Link>
          {slot.attempt > 1 ? <span className="text-ink-3"> · {t("attempt", { attempt: slot.attempt })}</span> : null}
        </p>
        {slot.reason === null ? null : <p className="text-xs text-ink-3">{t(`slotReasons.${slot.reason}`)}</p>}
      </div>
      <div className="flex flex-col items-end gap-1">
        {slot.runId === null ? (
          <StatusBadge status={`slot.${slot.state}`} />
        ) : (
          <Link href={`/runs/${slot.runId}`} title={calendar("openRun")} className="inline-flex rounded-full hover:underline">
            <StatusBadge status={`slot.${slot.state}`} />
          </Link>
        )}
        {slot.late ? <Badge tone="warn">{t("late")}</Badge> : null}
      </div>
    </li>
  );
}
