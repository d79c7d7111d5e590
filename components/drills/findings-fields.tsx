"use client";
/** `<FindingsFields value onChange />`: what was noticed, each with what is done about it. */
import { Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button, IconButton } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import type { ClosingDraft } from "./closing-draft.ts";

type Findings = ClosingDraft["findings"];

export function FindingsFields({ value, onChange }: { value: Findings; onChange: (findings: Findings) => void }) {
  const t = useTranslations("drills.wizard.close");
  const set = (at: number, change: Partial<Findings[number]>): void =>
    onChange(value.map((finding, index) => (index === at ? { ...finding, ...change } : finding)));
  return (
    <div className="flex flex-col items-start gap-4">
      {value.map((finding, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- their order is theirs
        <fieldset key={index} className="w-full rounded-lg border border-line p-3">
          <legend className="px-1 text-xs font-medium text-ink-3">{t("finding", { number: index + 1 })}</legend>
          <div className="flex items-start gap-2">
            <div className="grid min-w-0 flex-1 gap-3 lg:grid-cols-2">
              <Field label={t("findingText")}>
                <Textarea rows={2} value={finding.text} onValueChange={(text) => set(index, { text })} maxLength={4000} />
              </Field>
              <Field label={t("findingAction")} optional>
                <Textarea rows={2} value={finding.action} onValueChange={(action) => set(index, { action })} maxLength={4000} />
              </Field>
            </div>
            <IconButton
              icon={Trash2}
              label={t("removeFinding", { number: index + 1 })}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            />
          </div>
        </fieldset>
      ))}
      <Button size="sm" icon={Plus} disabled={value.length >= 50} onClick={() => onChange([...value, { text: "", action: "" }])}>
        {t("addFinding")}
      </Button>
    </div>
  );
}
