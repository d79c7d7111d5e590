"use client";
/**
 * `<Segmented label="Theme" value={theme} onValueChange={setTheme} options={[{ value: "dark", label: "Dark", icon: Moon }]} />`:
 * two to five exclusive choices that fit on a line. More, or long ones: `Select` or `RadioCards`.
 */
import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import { useId, type ReactNode } from "react";

type Option<V extends string> = { readonly value: V; readonly label: string; readonly icon?: LucideIcon };
type SegmentedProps<V extends string> = {
  label: string;
  value: V;
  onValueChange: (value: V) => void;
  options: readonly Option<V>[];
  disabled?: boolean;
  className?: string;
};

export function Segmented<V extends string>({ label, value, onValueChange, options, disabled, className }: SegmentedProps<V>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => onValueChange(next)}
      className={clsx("inline-flex max-w-full gap-0.5 rounded-lg border border-line bg-sunken p-0.5", className)}
    >
      {options.map(({ value: option, label: text, icon: Icon }) => (
        <Radio.Root
          key={option}
          value={option}
          aria-label={text}
          className="inline-flex h-7.5 items-center justify-center gap-1.5 rounded-md border border-transparent px-2.5 cursor-pointer text-[0.8125rem] font-medium text-ink-2 select-none hover:text-ink data-checked:border-line data-checked:bg-surface data-checked:text-ink data-checked:shadow-card data-disabled:opacity-55"
        >
          {Icon ? <Icon aria-hidden className="size-3.5" /> : null}
          {text}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}

type CardOption<V extends string> = {
  readonly value: V;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
};

/** `RadioCards`: the same choice with room for a sentence each ("Keep the backups" / "Delete 14 backups"). */
export function RadioCards<V extends string>({
  label,
  value,
  onValueChange,
  options,
  className,
}: Omit<SegmentedProps<V>, "options"> & { options: readonly CardOption<V>[] }) {
  const id = useId();
  return (
    <RadioGroup aria-label={label} value={value} onValueChange={(next) => onValueChange(next)} className={clsx("grid gap-2", className)}>
      {options.map((option) => (
        <label
          key={option.value}
          className="flex cursor-pointer items-start gap-3 rounded-lg border border-line bg-surface p-3 transition-colors hover:border-line-strong has-data-checked:border-accent has-data-checked:bg-accent-soft has-data-disabled:cursor-not-allowed has-data-disabled:opacity-55"
        >
          <Radio.Root
            value={option.value}
            disabled={option.disabled}
            aria-labelledby={`${id}-${option.value}`}
            aria-describedby={option.hint ? `${id}-${option.value}-hint` : undefined}
            className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-line-strong bg-surface data-checked:border-accent"
          >
            <Radio.Indicator className="size-2 rounded-full bg-accent" />
          </Radio.Root>
          <span className="min-w-0">
            <span id={`${id}-${option.value}`} className="block text-sm font-medium text-ink">
              {option.label}
            </span>
            {option.hint ? (
              <span id={`${id}-${option.value}-hint`} className="block text-xs text-ink-2">
                {option.hint}
              </span>
            ) : null}
          </span>
        </label>
      ))}
    </RadioGroup>
  );
}
