"use client";
/** `<ImportanceChoice name isMandatory onChange />`: whether a check that does not pass fails the drill, or is a finding. */
import { useTranslations } from "next-intl";
import { Segmented } from "../ui/segmented.tsx";

type ChoiceProps = { name: string; isMandatory: boolean; onChange: (isMandatory: boolean) => void; disabled?: boolean };

export function ImportanceChoice({ name, isMandatory, onChange, disabled = false }: ChoiceProps) {
  const t = useTranslations("drills.checks");
  const plans = useTranslations("drillPlans.checks");
  return (
    <Segmented
      label={plans("importance", { name })}
      value={isMandatory ? "mandatory" : "advisory"}
      disabled={disabled}
      onValueChange={(next) => onChange(next === "mandatory")}
      options={[
        { value: "mandatory", label: t("mandatory") },
        { value: "advisory", label: t("advisory") },
      ]}
    />
  );
}
