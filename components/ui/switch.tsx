"use client";
/**
 * `<Switch checked={paused} onCheckedChange={…} label="Paused" hint="No backups are made while paused" />`: takes effect at once.
 * `<BareSwitch label="Full backup on" … />` shows only the switch, in a row that says what it is about.
 */
import { Switch as Base } from "@base-ui/react/switch";
import { clsx } from "clsx";
import { useId, type ReactNode } from "react";

const trackClass = clsx(
  "relative flex h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken p-0.5 transition-colors",
  "data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50",
);
const thumbClass = "size-3.5 rounded-full bg-ink-3 transition-transform data-checked:translate-x-4 data-checked:bg-on-accent";

type SwitchProps = {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
};

export function Switch({ checked, onCheckedChange, label, hint, disabled }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <label id={`${id}-label`} htmlFor={id} className="text-sm font-medium text-ink">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-xs text-ink-3">
            {hint}
          </p>
        ) : null}
      </div>
      <Base.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(next) => onCheckedChange(next)}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={clsx("mt-0.5", trackClass)}
      >
        <Base.Thumb className={thumbClass} />
      </Base.Root>
    </div>
  );
}

/** `readOnly`: while what was switched is being saved. It keeps the focus, which a disabled one would lose. */
type BareSwitchProps = { checked: boolean; onCheckedChange: (checked: boolean) => void; label: string; readOnly?: boolean };

export function BareSwitch({ checked, onCheckedChange, label, readOnly }: BareSwitchProps) {
  return (
    <Base.Root
      checked={checked}
      readOnly={readOnly}
      onCheckedChange={(next) => onCheckedChange(next)}
      aria-label={label}
      className={trackClass}
    >
      <Base.Thumb className={thumbClass} />
    </Base.Root>
  );
}
