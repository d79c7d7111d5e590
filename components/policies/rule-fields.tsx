"use client";
/** `<RuleFields draft change faults />`: which rules keep a backup, each with its numbers, and the limit of space. */
import { useTranslations } from "next-intl";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { numberRanges, ruleFields, ruleTypes, type NumberField, type PolicyDraft, type PolicyFault } from "./policy-draft.ts";

type RuleFieldsProps = {
  draft: PolicyDraft;
  change: (next: Partial<PolicyDraft>) => void;
  faults: ReadonlySet<PolicyFault>;
};

export function RuleFields({ draft, change, faults }: RuleFieldsProps) {
  const t = useTranslations("policies.editor");
  const names = useTranslations("policies.ruleNames");
  const hints = useTranslations("policies.ruleHints");
  const turn = (rule: keyof PolicyDraft["on"]) => (isOn: boolean) => change({ on: { ...draft.on, [rule]: isOn } });
  return (
    <FieldGroup legend={t("keep")}>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {ruleTypes.map((type) => (
          <li key={type} className="flex flex-col gap-3 px-3.5 py-3">
            <Checkbox checked={draft.on[type]} onCheckedChange={turn(type)} label={names(type)} hint={hints(type)} />
            {draft.on[type] ? (
              <div className="grid items-start gap-3 pl-6.5 sm:grid-cols-3">
                {ruleFields[type].map((field) => (
                  <NumberInput key={field} field={field} draft={draft} change={change} faults={faults} />
                ))}
              </div>
            ) : null}
            {faults.has(`${type}-empty` as PolicyFault) ? (
              <Notice tone="bad" live>
                {t("faults.empty")}
              </Notice>
            ) : null}
          </li>
        ))}
        <li className="flex flex-col gap-3 px-3.5 py-3">
          <Checkbox checked={draft.on.cap} onCheckedChange={turn("cap")} label={t("cap")} hint={t("capHint")} />
          {draft.on.cap ? (
            <div className="grid items-start gap-3 pl-6.5 sm:grid-cols-3">
              <Field label={t("capSize")} error={faults.has("capGib") ? t("faults.cap") : undefined}>
                <Input inputMode="decimal" value={draft.capGib} onValueChange={(capGib) => change({ capGib })} maxLength={11} />
              </Field>
            </div>
          ) : null}
        </li>
      </ul>
      {faults.has("none") ? (
        <Notice tone="bad" live className="mt-2">
          {t("faults.none")}
        </Notice>
      ) : null}
    </FieldGroup>
  );
}

function NumberInput({ field, draft, change, faults }: RuleFieldsProps & { field: NumberField }) {
  const t = useTranslations("policies.editor");
  if (field === "capGib" || field === "graceDays") return null;
  const [min, max] = numberRanges[field];
  return (
    <Field label={t(field === "keep" ? "count" : field)} error={faults.has(field) ? t("faults.number", { min, max }) : undefined}>
      <Input inputMode="numeric" value={draft[field]} onValueChange={(next) => change({ [field]: next })} maxLength={6} />
    </Field>
  );
}
