"use client";
/** `<PlanSchedule …/>`: how often, until when it counts as overdue, who sees to it, and whether it may run by itself. */
import { useQuery } from "@tanstack/react-query";
import { useTimeZone, useLocale, useTranslations } from "next-intl";
import { formatZone } from "#lib/format/time";
import { listUsersQuery } from "#lib/query/people";
import { useCan } from "../shell/me.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import type { PlanFieldsProps } from "./plan-what.tsx";

const units = ["days", "weeks", "months"] as const;
const nobody = "nobody";

export function PlanSchedule({ draft, change, faults, plan }: PlanFieldsProps) {
  const t = useTranslations("drillPlans");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const owners = useOwners(plan.ownerId, plan.ownerName ?? "");
  return (
    <Card title={t("when")} description={t("whenLead")}>
      <div className="flex flex-col gap-5">
        <Switch checked={draft.enabled} onCheckedChange={(enabled) => change({ enabled })} label={t("enabled")} hint={t("enabledHint")} />
        <div className="grid items-start gap-x-6 gap-y-4 sm:grid-cols-2">
          <div className="grid grid-cols-[minmax(0,1fr)_9rem] items-start gap-2">
            <Field label={t("every")} error={faults.has("every") ? t("faults.every") : undefined}>
              <Input type="number" min={1} max={60} value={draft.every} onValueChange={(every) => change({ every })} />
            </Field>
            <div className="pt-[1.625rem]">
              <Select
                label={t("everyUnit")}
                value={draft.unit}
                onValueChange={(unit) => change({ unit })}
                options={units.map((unit) => ({ value: unit, label: t(`cadence.${unit}`) }))}
              />
            </div>
          </div>
          <Field
            label={t("nextDueAt", { zone: formatZone(plan.nextDueAt, settings) })}
            error={faults.has("nextDue") ? t("faults.at") : undefined}
          >
            <Input type="datetime-local" value={draft.nextDue} onValueChange={(nextDue) => change({ nextDue })} />
          </Field>
          <Field label={t("grace")} hint={t("graceHint")} error={faults.has("graceDays") ? t("faults.grace") : undefined}>
            <Input type="number" min={0} max={365} value={draft.graceDays} onValueChange={(graceDays) => change({ graceDays })} />
          </Field>
          <Field label={t("owner")} hint={t("ownerHint")}>
            <Select
              value={draft.ownerId ?? nobody}
              onValueChange={(next) => change({ ownerId: next === nobody ? null : next })}
              options={owners}
            />
          </Field>
        </div>
        <Switch
          checked={draft.unattended}
          onCheckedChange={(unattended) => change({ unattended })}
          label={t("unattended")}
          hint={t(
            draft.unattended && draft.checks.some(({ type, mandatory }) => type === "manual" && mandatory)
              ? "unattendedManual"
              : "unattendedHint",
          )}
        />
      </div>
    </Card>
  );
}

function useOwners(ownerId: string | null, ownerName: string): SelectOption<string>[] {
  const t = useTranslations("drillPlans");
  const can = useCan();
  const { data } = useQuery({ ...listUsersQuery({ state: "active", limit: 200 }), enabled: can("people:manage"), refetchInterval: false });
  const people = data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  const known = ownerId === null || people.some(({ value }) => value === ownerId) ? [] : [{ value: ownerId, label: ownerName }];
  return [{ value: nobody, label: t("ownerNone") }, ...known, ...people];
}
