"use client";
/** `<SecretField label value={draft.password} stored onChange />`: write-only. `null` keeps what is stored; "Replace" opens the field. */
import { useTranslations } from "next-intl";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";

type SecretFieldProps = {
  label: string;
  value: string | null;
  /** Whether a password is stored that could be kept. */
  stored: boolean;
  onChange: (value: string | null) => void;
  error?: string;
  optional?: boolean;
};

export function SecretField({ label, value, stored, onChange, error, optional }: SecretFieldProps) {
  const t = useTranslations("servers.form");
  if (value === null) {
    return (
      <div className="flex flex-col gap-1.5">
        <span className="text-[0.8125rem] font-medium text-ink">{label}</span>
        <div className="flex min-h-9 flex-wrap items-center justify-between gap-2 rounded-control border border-line bg-sunken py-0.5 pr-1 pl-3">
          <span className="text-[0.8125rem] text-ink-2">{t("passwordStored")}</span>
          <Button size="sm" onClick={() => onChange("")} aria-label={`${t("replace")}: ${label}`}>
            {t("replace")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <Field label={label} error={error} optional={optional}>
      <div className="flex flex-wrap gap-2">
        <Input
          type="password"
          value={value}
          onValueChange={(next) => onChange(next)}
          autoComplete="new-password"
          spellCheck={false}
          className="min-w-40 flex-1"
        />
        {stored ? <Button onClick={() => onChange(null)}>{t("keep")}</Button> : null}
      </div>
    </Field>
  );
}
