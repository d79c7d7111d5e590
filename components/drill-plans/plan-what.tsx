"use client";
/** `<PlanWhat …/>`: which backup is restored, where to, and what recovery must achieve. */
import { useTranslations } from "next-intl";
import type { DrillPlanDto } from "#lib/contracts/drill-plans";
import { TargetChoice } from "../drills/drill-choices.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { AmountField } from "./amount-field.tsx";
import type { DraftField, PlanDraft } from "./plan-draft.ts";

export type PlanFieldsProps = {
  draft: PlanDraft;
  change: (next: Partial<PlanDraft>) => void;
  faults: ReadonlySet<DraftField>;
  plan: DrillPlanDto;
  engine: "postgres" | "sqlite";
};

const selections = ["latest", "latest-with-incrementals", "random", "never-proven", "date"] as const;

export function PlanWhat({ draft, change, faults, engine }: PlanFieldsProps) {
  const t = useTranslations("drillPlans");
  return (
    <Card title={t("what")} description={t("whatLead")}>
      <div className="grid items-start gap-x-6 gap-y-4 sm:grid-cols-2">
        <Field label={t("selection")}>
          <Select
            value={draft.selection}
            onValueChange={(selection) => change({ selection })}
            options={selections.map((value) => ({ value, label: t(`selections.${value}`), hint: t(`selectionHints.${value}`) }))}
          />
        </Field>
        {draft.selection === "random" ? (
          <Field label={t("days")} error={faults.has("days") ? t("faults.days") : undefined}>
            <Input type="number" min={1} max={3650} value={draft.days} onValueChange={(days) => change({ days })} />
          </Field>
        ) : draft.selection === "date" ? (
          <Field label={t("at")} error={faults.has("at") ? t("faults.at") : undefined}>
            <Input type="datetime-local" value={draft.at} onValueChange={(at) => change({ at })} />
          </Field>
        ) : (
          <div className="max-sm:hidden" />
        )}
        {engine === "sqlite" ? null : (
          <TargetChoice value={draft.target} onChange={(target) => change({ target: target ?? "automatic" })} enabled />
        )}
        <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2 sm:gap-x-6">
          <AmountField
            label={t("recoveryTime")}
            hint={t("recoveryTimeHint")}
            value={draft.recoveryTime}
            onChange={(recoveryTime) => change({ recoveryTime })}
            error={faults.has("recoveryTime") ? t("faults.amount") : undefined}
          />
          <AmountField
            label={t("recoveryPoint")}
            hint={t("recoveryPointHint")}
            value={draft.recoveryPoint}
            onChange={(recoveryPoint) => change({ recoveryPoint })}
            error={faults.has("recoveryPoint") ? t("faults.amount") : undefined}
          />
        </div>
      </div>
    </Card>
  );
}
