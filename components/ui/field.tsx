"use client";
/**
 * `<Field label="Host" hint="Name or address" error={errors.host}><Input value={…} onValueChange={…} /></Field>`: ties label, hint
 * and error to the control inside by ids. `optional` says so beside the label; everything else is required.
 * `FieldGroup` sets a legend over several controls.
 */
import { Field as Base } from "@base-ui/react/field";
import { clsx } from "clsx";
import { CircleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

export const controlClass = clsx(
  "block w-full min-w-0 rounded-control border border-line-strong/80 bg-surface px-3 text-sm text-ink shadow-card",
  "transition-colors duration-100 hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0",
  "data-invalid:border-bad-fill data-disabled:cursor-not-allowed data-disabled:bg-sunken data-disabled:text-ink-3",
);

type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  optional?: boolean;
  disabled?: boolean;
  className?: string;
  children: ReactNode;
};

export function Field({ label, hint, error, optional, disabled, className, children }: FieldProps) {
  const t = useTranslations("common");
  const invalid = error !== undefined && error !== null && error !== "" && error !== false;
  return (
    <Base.Root invalid={invalid} disabled={disabled} className={clsx("flex min-w-0 flex-col gap-1.5", className)}>
      <Base.Label className="flex items-baseline justify-between gap-3 text-[0.8125rem] font-medium text-ink">
        <span>{label}</span>
        {optional ? <span className="text-xs font-normal text-ink-3">{t("optional")}</span> : null}
      </Base.Label>
      {children}
      {invalid ? (
        <Base.Error match className="flex items-start gap-1.5 text-xs text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          <span>{error}</span>
        </Base.Error>
      ) : null}
      {hint ? <Base.Description className="text-xs text-ink-3">{hint}</Base.Description> : null}
    </Base.Root>
  );
}

export function FieldGroup({
  legend,
  hint,
  children,
  className,
}: {
  legend: ReactNode;
  hint?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <fieldset className={clsx("min-w-0", className)}>
      <legend className="mb-1.5 text-[0.8125rem] font-medium text-ink">{legend}</legend>
      {hint ? <p className="mb-2 text-xs text-ink-3">{hint}</p> : null}
      {children}
    </fieldset>
  );
}
