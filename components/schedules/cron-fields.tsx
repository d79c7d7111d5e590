"use client";
/** `<CronFields draft onChange error />`: when, as people say it, or as an expression of one's own. */
import { useLocale, useTranslations } from "next-intl";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { cronShapes, hourSteps, withShape, type CronDraft } from "./cron-shape.ts";
import { weekdayName } from "./weekday.ts";

type CronFieldsProps = { draft: CronDraft; onChange: (draft: CronDraft) => void; error?: string | undefined };

/** Monday first, as both languages count. */
const weekdays = ["1", "2", "3", "4", "5", "6", "0"] as const;
const monthDays = [...Array.from({ length: 31 }, (_, index) => String(index + 1)), "L"];

export function CronFields({ draft, onChange, error }: CronFieldsProps) {
  const t = useTranslations("schedules.editor");
  const locale = useLocale();
  const change = (next: Partial<CronDraft>): void => onChange({ ...draft, ...next });
  const needsNote = draft.shape === "month" && Number(draft.monthDay) > 28;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex min-w-0 flex-col gap-1.5">
        <span className="text-[0.8125rem] font-medium text-ink">{t("when")}</span>
        <Segmented
          label={t("when")}
          value={draft.shape}
          onValueChange={(shape) => onChange(withShape(draft, shape))}
          options={cronShapes.map((shape) => ({ value: shape, label: t(`shapes.${shape}`) }))}
          className="flex-wrap self-start"
        />
      </div>
      {draft.shape === "own" ? (
        <Field label={t("cron")} hint={t("cronHint")} error={error}>
          <Input mono value={draft.own} onValueChange={(own) => change({ own })} maxLength={120} spellCheck={false} autoComplete="off" />
        </Field>
      ) : (
        <div className="grid grid-cols-2 items-start gap-3 sm:max-w-sm">
          {draft.shape === "week" ? (
            <Field label={t("weekday")}>
              <Select
                value={draft.weekday}
                onValueChange={(weekday) => change({ weekday })}
                options={weekdays.map((day) => ({ value: day as string, label: weekdayName(Number(day), locale) }))}
              />
            </Field>
          ) : null}
          {draft.shape === "month" ? (
            <Field label={t("monthDay")} hint={needsNote ? t("monthDayNote") : undefined}>
              <Select
                value={draft.monthDay}
                onValueChange={(monthDay) => change({ monthDay })}
                options={monthDays.map((day) => ({ value: day, label: day === "L" ? t("monthDayLast") : day }))}
              />
            </Field>
          ) : null}
          {draft.shape === "hours" ? (
            <>
              <Field label={t("everyHours")}>
                <Select
                  value={draft.everyHours}
                  onValueChange={(everyHours) => change({ everyHours })}
                  options={hourSteps.map((step) => ({ value: step as string, label: t("hoursOption", { count: Number(step) }) }))}
                />
              </Field>
              <Field label={t("minute")} error={/^[1-5]?\d$/.test(draft.minute.trim()) ? undefined : t("faults.minute")}>
                <Input inputMode="numeric" value={draft.minute} onValueChange={(minute) => change({ minute })} maxLength={2} />
              </Field>
            </>
          ) : (
            <Field label={t("time")} error={/^\d\d:\d\d/.test(draft.time) ? undefined : t("faults.time")}>
              <Input type="time" value={draft.time} onValueChange={(time) => change({ time })} required />
            </Field>
          )}
        </div>
      )}
    </div>
  );
}
