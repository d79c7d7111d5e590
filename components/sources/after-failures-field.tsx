"use client";
/** `<AfterFailuresField value={draft} onChange={setDraft} />`: whether failed backups in a row open an incident, and how many. */
import { useTranslations } from "next-intl";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Switch } from "../ui/switch.tsx";
import { type AfterFailuresDraft, afterFailuresOf, mostFailures } from "./after-failures.ts";

type FieldProps = { value: AfterFailuresDraft; onChange: (value: AfterFailuresDraft) => void };

export function AfterFailuresField({ value, onChange }: FieldProps) {
  const t = useTranslations("incidents.afterFailures");
  const error = afterFailuresOf(value) === undefined ? t("invalid", { most: mostFailures }) : undefined;
  return (
    <div className="flex flex-col gap-3">
      <Switch checked={value.on} onCheckedChange={(on) => onChange({ ...value, on })} label={t("label")} hint={t("hint")} />
      {value.on ? (
        <Field label={t("count")} error={error} className="max-w-44">
          <Input inputMode="numeric" value={value.count} onValueChange={(count) => onChange({ ...value, count })} maxLength={3} />
        </Field>
      ) : null}
    </div>
  );
}
