"use client";
/** `<TakenAtField told={imported.takenAt} value={draft} taken={takenAtOf(…)} onChange />`: when the data was so; told by the file, or asked. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { formatInstant, formatZone } from "#lib/format/time";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import type { TakenAt, TakenAtDraft } from "./taken-at.ts";

type TakenAtFieldProps = { told: string | null; value: TakenAtDraft; taken: TakenAt; onChange: (change: Partial<TakenAtDraft>) => void };

export function TakenAtField({ told, value, taken, onChange }: TakenAtFieldProps) {
  const t = useTranslations("imports.takenAt");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const now = useCurrentTime(60_000).toISOString();
  // Summer or winter decides the offset: that of the given time, not of today.
  const zone = formatZone(taken.kind === "given" ? taken.at : (told ?? now), settings);
  const field = (
    <Field
      label={t("label", { zone })}
      hint={value.isGuess ? t("guess") : t("hint")}
      error={taken.kind === "future" ? t("future") : undefined}
      className="max-w-80"
    >
      <Input type="datetime-local" step={1} value={value.wall} onValueChange={(wall) => onChange({ wall, isGuess: false })} required />
    </Field>
  );
  if (told === null) return field;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink">{t("told", { time: formatInstant(told, settings) })}</p>
      <Checkbox checked={value.other} onCheckedChange={(other) => onChange({ other })} label={t("other")} />
      {value.other ? field : null}
    </div>
  );
}
