"use client";
/** `<BuiltInRow type check … />`: a built-in check as a switch, with its bounds where it has some. */
import { useTranslations } from "next-intl";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import type { SwitchableCheck } from "./check-list.ts";
import { ImportanceChoice } from "./importance-choice.tsx";

type RowProps = {
  type: SwitchableCheck;
  /** Null while it is switched off. */
  check: CheckDefinition | null;
  applications: DrillHooksDto["applications"];
  onSwitch: (isOn: boolean) => void;
  onChange: (check: CheckDefinition) => void;
};

export function BuiltInRow({ type, check, applications, onSwitch, onChange }: RowProps) {
  const t = useTranslations("drillPlans.checks");
  const name = useTranslations("drills.checks.names")(type);
  return (
    <li className="flex flex-col gap-3 px-4 py-2.5 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <Switch checked={check !== null} onCheckedChange={onSwitch} label={name} hint={t(`hints.${type}`)} />
        </div>
        {check === null ? null : (
          <ImportanceChoice name={name} isMandatory={check.mandatory} onChange={(mandatory) => onChange({ ...check, mandatory })} />
        )}
      </div>
      {check?.type === "size" ? <Bounds check={check} onChange={onChange} /> : null}
      {check?.type === "migration-head" && applications.length > 0 ? (
        <Head check={check} applications={applications} onChange={onChange} />
      ) : null}
    </li>
  );
}

type SizeCheck = Extract<CheckDefinition, { type: "size" }>;

function Bounds({ check, onChange }: { check: SizeCheck; onChange: (check: CheckDefinition) => void }) {
  const t = useTranslations("drillPlans.checks");
  const number = (text: string, max: number): number | null => (/^\d{1,6}$/.test(text) && Number(text) <= max ? Number(text) : null);
  const set = (field: "shrinkPercent" | "growPercent", max: number) => (text: string) => {
    const value = number(text, max);
    if (value !== null) onChange({ ...check, [field]: value });
  };
  return (
    <div className="grid max-w-md grid-cols-2 gap-3">
      <Field label={t("shrink")}>
        <Input type="number" min={0} max={100} value={String(check.shrinkPercent)} onValueChange={set("shrinkPercent", 100)} />
      </Field>
      <Field label={t("grow")}>
        <Input type="number" min={0} max={100_000} value={String(check.growPercent)} onValueChange={set("growPercent", 100_000)} />
      </Field>
    </div>
  );
}

type HeadCheck = Extract<CheckDefinition, { type: "migration-head" }>;
const recorded = "-";

function Head({ check, applications, onChange }: { check: HeadCheck } & Pick<RowProps, "applications" | "onChange">) {
  const t = useTranslations("drillPlans.checks");
  const known = applications.filter(({ hasMigrationHead }) => hasMigrationHead);
  return (
    <Field label={t("application")} className="max-w-md">
      <Select
        value={check.application ?? recorded}
        onValueChange={(next) => onChange({ ...check, application: next === recorded ? null : next })}
        options={[
          { value: recorded, label: t("headRecorded") },
          ...known.map(({ name, description }) => ({ value: name, label: name, hint: description })),
        ]}
      />
    </Field>
  );
}
