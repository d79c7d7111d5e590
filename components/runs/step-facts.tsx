"use client";
/** `<StepFacts step={step} />`: what a step found, in words. Facts whose name has no words are for the API and stay out. */
import { useLocale, useTranslations } from "next-intl";
import type { RunStepDto } from "#lib/contracts/runs";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatCount } from "#lib/format/number";
import { usePolicyName } from "../policies/policy-name.ts";

type FactValue = RunStepDto["facts"][string];

export function StepFacts({ step }: { step: Pick<RunStepDto, "facts"> }) {
  const t = useTranslations("runs.stepFacts");
  const words = useTranslations("common");
  const tellPolicy = usePolicyName();
  const locale = useLocale();
  const shown = Object.entries(step.facts).flatMap(([name, value]) => {
    const text = typeof value === "boolean" ? words(value ? "yes" : "no") : factText(name, value, locale);
    if (text === null || !isNamed(name, (key) => t.has(key))) return [];
    return [{ name, label: t(name), text: name === "policy" ? tellPolicy(text) : text }];
  });
  if (shown.length === 0) return null;
  return (
    <dl className="mt-1.5 flex flex-wrap gap-x-4 gap-y-0.5 text-xs sm:ml-6.5">
      {shown.map(({ name, label, text }) => (
        <div key={name} className="flex min-w-0 gap-1.5">
          <dt className="text-ink-3">{label}</dt>
          <dd className="min-w-0 wrap-anywhere text-ink-2 nums">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

type FactName = Parameters<ReturnType<typeof useTranslations<"runs.stepFacts">>>[0];

function isNamed(name: string, has: (key: FactName) => boolean): name is FactName {
  return has(name as FactName);
}

/** Numbers that name something are not counted, so they are not grouped. */
const plainNumbers = new Set(["port", "pid"]);

/** A fact's value for people; null for what says nothing. */
export function factText(name: string, value: Exclude<FactValue, boolean>, locale: string): string | null {
  if (value === null || value === "") return null;
  if (typeof value === "string") return value;
  if (plainNumbers.has(name)) return String(value);
  if (name === "bytes" || name.endsWith("Bytes")) return formatBytes(value, locale);
  if (name === "milliseconds" || name.endsWith("Ms")) return formatDuration(value, locale);
  if (name.endsWith("Seconds")) return formatDuration(value * 1000, locale);
  return formatCount(value, locale);
}
