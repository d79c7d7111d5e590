"use client";
/** `<DayChoice day max today onChange />`: a day from today on: a slider for the hand, a date for the exact one. */
import { useLocale, useTranslations } from "next-intl";
import { useId } from "react";
import { formatDay } from "#lib/format/time";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { useEarlyText } from "../ui/use-early-text.ts";
import { dateAfter, daysUntil } from "./simulation-model.ts";

type DayProps = {
  /** Days from today. */
  day: number;
  max: number;
  /** `2026-11-22`. */
  today: string;
  onChange: (day: number) => void;
};

export function DayChoice({ day, max, today, onChange }: DayProps) {
  const t = useTranslations("policies.simulation");
  const locale = useLocale();
  const id = useId();
  const slider = useEarlyText<HTMLInputElement>(String(day), (text) => onChange(Number(text)));
  const date = dateAfter(today, day);
  const spoken = `${formatDay(`${date}T12:00:00Z`, { locale, timeZone: "UTC" })}, ${t("inDays", { days: day })}`;
  return (
    <div className="grid items-end gap-x-5 gap-y-3 sm:grid-cols-[11rem_minmax(0,1fr)_auto]">
      <Field label={t("day")}>
        <Input
          type="date"
          value={date}
          min={today}
          max={dateAfter(today, max)}
          onValueChange={(next) => {
            const days = daysUntil(today, next);
            if (days !== null) onChange(Math.min(max, Math.max(0, days)));
          }}
        />
      </Field>
      <div className="flex min-w-0 flex-col gap-1.5">
        <label htmlFor={id} className="flex justify-between text-[0.8125rem] font-medium text-ink">
          {t("slider")}
          <span className="font-normal text-ink-2 nums">{t("inDays", { days: day })}</span>
        </label>
        <input
          ref={slider}
          id={id}
          type="range"
          min={0}
          max={max}
          value={day}
          aria-valuetext={spoken}
          onChange={(event) => onChange(Number(event.target.value))}
          className="h-9 w-full cursor-pointer accent-accent"
        />
      </div>
      <Button
        size="md"
        variant="ghost"
        disabled={day === 0}
        onClick={() => onChange(0)}
        className={day === 0 ? "max-sm:hidden" : "max-sm:justify-self-start"}
      >
        {t("today")}
      </Button>
    </div>
  );
}
