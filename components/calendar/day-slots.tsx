"use client";
/** `<DaySlots day source label />`: the starts of one day; where its month has more than it lists, they are asked for by themselves. */
import { useQuery } from "@tanstack/react-query";
import { useTimeZone, useTranslations } from "next-intl";
import type { SlotDto } from "#lib/contracts/schedules";
import { getCalendarQuery } from "#lib/query/schedules";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { dayQueryOf } from "./calendar-spec.tsx";
import type { CalendarDay } from "./month-model.ts";
import { SlotList } from "./slot-list.tsx";

type DaySlotsProps = { day: CalendarDay; source: string | undefined; label: string };

export function DaySlots({ day, source, label }: DaySlotsProps) {
  return day.slots === null ? <AskedSlots day={day.day} source={source} label={label} /> : <Slots slots={day.slots} label={label} />;
}

function AskedSlots({ day, source, label }: { day: string; source: string | undefined; label: string }) {
  const t = useTranslations("calendar");
  const timeZone = useTimeZone() ?? "UTC";
  const { data, error, refetch } = useQuery(getCalendarQuery(dayQueryOf(day, source, timeZone)));
  if (data === undefined) {
    if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
    return (
      <div role="status" aria-label={label}>
        <RowsSkeleton />
      </div>
    );
  }
  return (
    <>
      <Slots slots={data.items} label={label} />
      {data.truncated ? <p className="py-2.5 text-xs text-ink-3">{t("truncated", { count: data.items.length })}</p> : null}
    </>
  );
}

function Slots({ slots, label }: { slots: readonly SlotDto[]; label: string }) {
  const t = useTranslations("calendar");
  return slots.length === 0 ? <p className="py-2.5 text-sm text-ink-2">{t("nothingOn")}</p> : <SlotList slots={slots} label={label} />;
}
