"use client";
/**
 * `<SecretField label="Password" isStored={server.hasPassword} value={password} onValueChange={setPassword} />`: write-only. What is stored
 * is never shown; "Replace" opens the field, and an empty value means that the stored one stays.
 */
import { KeyRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { PasswordInput } from "./password-input.tsx";

type SecretFieldProps = {
  label: string;
  isStored: boolean;
  value: string;
  onValueChange: (value: string) => void;
  hint?: ReactNode;
  error?: ReactNode;
  optional?: boolean;
};

export function SecretField({ label, isStored, value, onValueChange, hint, error, optional }: SecretFieldProps) {
  const t = useTranslations("common");
  const [isReplacing, setIsReplacing] = useState(false);
  if (isStored && !isReplacing) {
    return (
      <FieldGroup legend={label}>
        <div className="flex flex-wrap items-center justify-between gap-2 rounded-control border border-line bg-sunken px-3 py-1.5">
          <span className="flex items-center gap-2 text-[0.8125rem] text-ink-2">
            <KeyRound aria-hidden className="size-3.5" />
            {t("secretSet")}
          </span>
          <Button size="sm" onClick={() => setIsReplacing(true)}>
            {t("secretReplace")}
          </Button>
        </div>
      </FieldGroup>
    );
  }
  const keep = () => {
    onValueChange("");
    setIsReplacing(false);
  };
  return (
    <div className="flex flex-col items-start gap-1.5">
      <Field label={label} hint={isStored ? t("secretNew") : hint} error={error} optional={optional} className="w-full">
        <PasswordInput value={value} onValueChange={onValueChange} autoComplete="off" />
      </Field>
      {isStored ? (
        <Button size="sm" variant="ghost" onClick={keep}>
          {t("secretKeep")}
        </Button>
      ) : null}
    </div>
  );
}
