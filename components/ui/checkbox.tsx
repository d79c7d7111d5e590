"use client";
/** `<Checkbox checked={…} onCheckedChange={…} label="Keep the database when the restore fails" hint="…" />`. */
import { Checkbox as Base } from "@base-ui/react/checkbox";
import { clsx } from "clsx";
import { Check, Minus } from "lucide-react";
import { useId, type ReactNode } from "react";

type CheckboxProps = {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  indeterminate?: boolean;
  disabled?: boolean;
  /** Shows only the box (in tables); the label stays its accessible name and must be a string then. */
  bare?: boolean;
  className?: string;
};

export function Checkbox({ checked, onCheckedChange, label, hint, indeterminate, disabled, bare, className }: CheckboxProps) {
  const id = useId();
  const box = (
    <Base.Root
      id={id}
      checked={checked}
      indeterminate={indeterminate}
      disabled={disabled}
      onCheckedChange={(next) => onCheckedChange(next)}
      aria-label={bare && typeof label === "string" ? label : undefined}
      aria-labelledby={bare ? undefined : `${id}-label`}
      aria-describedby={hint ? `${id}-hint` : undefined}
      className={clsx(
        "mt-0.5 grid size-4 shrink-0 place-items-center rounded border border-line-strong bg-surface transition-colors",
        "data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-50",
      )}
    >
      <Base.Indicator className="text-on-accent">
        {indeterminate ? (
          <Minus aria-hidden className="size-3" strokeWidth={3} />
        ) : (
          <Check aria-hidden className="size-3" strokeWidth={3} />
        )}
      </Base.Indicator>
    </Base.Root>
  );
  if (bare) return box;
  return (
    <div className={clsx("flex items-start gap-2.5", className)}>
      {box}
      <div className="min-w-0">
        <label id={`${id}-label`} htmlFor={id} className={clsx("text-sm text-ink select-none", disabled && "text-ink-3")}>
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-xs text-ink-3">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
