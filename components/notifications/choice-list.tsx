"use client";
/** `<ChoiceList legend all some chosen onChange options />`: everything (null), or a list of what was ticked. */
import type { ReactNode } from "react";
import { Checkbox } from "../ui/checkbox.tsx";
import { FieldGroup } from "../ui/field.tsx";
import { RadioCards } from "../ui/segmented.tsx";

type Choice<V extends string> = { readonly value: V; readonly label: ReactNode; readonly hint?: ReactNode };
type ChoiceListProps<V extends string> = {
  legend: string;
  all: string;
  some: string;
  chosen: readonly V[] | null;
  onChange: (chosen: readonly V[] | null) => void;
  options: readonly Choice<V>[];
  none?: string;
  error?: string | undefined;
};

export function ChoiceList<V extends string>({ legend, all, some, chosen, onChange, options, none, error }: ChoiceListProps<V>) {
  return (
    <FieldGroup legend={legend}>
      <RadioCards
        label={legend}
        value={chosen === null ? "all" : "some"}
        onValueChange={(next) => onChange(next === "all" ? null : (chosen ?? []))}
        options={[
          { value: "all", label: all },
          { value: "some", label: some },
        ]}
        className="sm:grid-cols-2"
      />
      {chosen === null ? null : options.length === 0 ? (
        <p className="mt-3 text-[0.8125rem] text-ink-3">{none}</p>
      ) : (
        <div className="mt-3 grid max-h-96 gap-x-6 gap-y-3 overflow-y-auto p-1 sm:grid-cols-2">
          {options.map(({ value, label, hint }) => (
            <Checkbox
              key={value}
              checked={chosen.includes(value)}
              onCheckedChange={(isOn) => onChange(isOn ? [...chosen, value] : chosen.filter((each) => each !== value))}
              label={label}
              hint={hint}
            />
          ))}
        </div>
      )}
      {error === undefined ? null : (
        <p role="alert" className="mt-2 text-xs text-bad">
          {error}
        </p>
      )}
    </FieldGroup>
  );
}
