"use client";
/**
 * `<Select value={type} onValueChange={setType} options={[{ value: "backup", label: "Backup" }]} />` inside a `Field`, or with
 * `label` where none is visible (filters). `value` null shows `placeholder`. The value's type is the options' type.
 */
import { Select as Base } from "@base-ui/react/select";
import { clsx } from "clsx";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { controlClass } from "./field.tsx";

export type SelectOption<V extends string> = {
  readonly value: V;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
};

type SelectProps<V extends string> = {
  value: V | null;
  onValueChange: (value: V) => void;
  options: readonly SelectOption<V>[];
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  /** While a choice is being saved: the list keeps the focus, which a disabled one would lose. */
  readOnly?: boolean;
  className?: string;
  id?: string;
};

export function Select<V extends string>(props: SelectProps<V>) {
  const { value, onValueChange, options, label, placeholder, disabled, readOnly, className, id } = props;
  return (
    <Base.Root
      items={[...options]}
      value={value}
      disabled={disabled}
      readOnly={readOnly}
      onValueChange={(next) => {
        if (next !== null) onValueChange(next);
      }}
    >
      <Base.Trigger
        id={id}
        aria-label={label}
        className={clsx(
          controlClass,
          "flex h-9 items-center justify-between gap-2 pr-2 text-left select-none data-placeholder:text-ink-3",
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Base.Value placeholder={placeholder} />
        </span>
        <Base.Icon className="shrink-0 text-ink-3">
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner alignItemWithTrigger={false} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className="popup max-h-[min(24rem,var(--available-height))] min-w-(--anchor-width) overflow-y-auto p-1">
            <Base.List>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  disabled={option.disabled}
                  className="grid cursor-default grid-cols-[1rem_1fr] items-center gap-x-2 rounded-md px-2 py-1.5 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover"
                >
                  <Base.ItemIndicator className="col-start-1">
                    <Check aria-hidden className="size-3.5 text-accent-ink" strokeWidth={2.4} />
                  </Base.ItemIndicator>
                  <Base.ItemText className="col-start-2">{option.label}</Base.ItemText>
                  {option.hint ? <span className="col-start-2 text-xs text-ink-3">{option.hint}</span> : null}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
