"use client";
/** `<AmountField label value onChange />`: a duration in the unit that people think in; empty is none. */
import { useTranslations } from "next-intl";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { amountUnits, type Amount } from "./amount.ts";

type AmountProps = { label: string; hint: string; value: Amount; onChange: (amount: Amount) => void; error?: string | undefined };

export function AmountField({ label, hint, value, onChange, error }: AmountProps) {
  const t = useTranslations("drillPlans.units");
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_7.5rem] items-start gap-2">
      <Field label={label} hint={hint} error={error} optional>
        <Input inputMode="decimal" value={value.text} onValueChange={(text) => onChange({ ...value, text })} maxLength={11} />
      </Field>
      <div className="pt-[1.625rem]">
        <Select
          label={t("of", { label })}
          value={value.unit}
          onValueChange={(unit) => onChange({ ...value, unit })}
          options={amountUnits.map((unit) => ({ value: unit, label: t(unit) }))}
        />
      </div>
    </div>
  );
}
