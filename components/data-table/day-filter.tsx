"use client";
/** `<DayFilter label={t("from")} value={from} max={to} onChange={…} />`: one day (`2026-11-21`) of a list's filter; two make a range. */
import { Input } from "../ui/input.tsx";

type DayFilterProps = {
  label: string;
  value: string | undefined;
  min?: string | undefined;
  max?: string | undefined;
  onChange: (day: string | undefined) => void;
};

export function DayFilter({ label, value, min, max, onChange }: DayFilterProps) {
  return (
    <Input
      type="date"
      aria-label={label}
      value={value ?? ""}
      min={min}
      max={max}
      onValueChange={(next) => onChange(next === "" ? undefined : next)}
      className="w-36!"
    />
  );
}
