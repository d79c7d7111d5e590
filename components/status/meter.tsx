"use client";
/**
 * The meter of a backup: stored, verified, proven, each with its age, none inferred from another. `<Meter meter={backup.meter} />`
 * spells the steps out; `<MeterCompact>` fits a table cell: three joined marks and the words of the highest step.
 */
import { clsx } from "clsx";
import { Check, Minus, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { MeterDto } from "#lib/contracts/backups";
import { proofLevels, type ProofLevel } from "#lib/domain/backup-state";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Tooltip } from "../ui/tooltip.tsx";

type StepState = MeterDto[ProofLevel]["state"];

const marks = {
  never: { icon: Minus, look: "border-line-strong bg-surface text-ink-3 border-dashed" },
  yes: { icon: Check, look: "border-good-fill bg-good-soft text-good" },
  failed: { icon: X, look: "border-bad-fill bg-bad-soft text-bad" },
} as const satisfies Record<StepState, unknown>;

function Mark({ state, small }: { state: StepState; small?: boolean }) {
  const { icon: Icon, look } = marks[state];
  return (
    <span aria-hidden className={clsx("grid shrink-0 place-items-center rounded-full border", small ? "size-4" : "size-5.5", look)}>
      <Icon className={small ? "size-2.5" : "size-3"} strokeWidth={3} />
    </span>
  );
}

export function Meter({ meter }: { meter: MeterDto }) {
  const t = useTranslations("status.meter");
  return (
    <ol className="grid gap-3 sm:grid-cols-3">
      {proofLevels.map((level) => {
        const { state, at } = meter[level];
        return (
          <li key={level} className="flex items-start gap-2.5 rounded-lg border border-line bg-surface px-3 py-2.5">
            <Mark state={state} />
            <div className="min-w-0">
              <p className="text-sm font-medium text-ink">{t(`${level}.${state}`)}</p>
              <p className="text-xs text-ink-3">{at === null ? t(`${level}.what`) : <RelativeTime at={at} />}</p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** The step that speaks for a backup: a failure first, else the highest that holds. */
export function leadingStep(meter: MeterDto): { level: ProofLevel; state: StepState } {
  const failed = proofLevels.find((level) => meter[level].state === "failed");
  if (failed) return { level: failed, state: "failed" };
  const highest = proofLevels.toReversed().find((level) => meter[level].state === "yes");
  return highest ? { level: highest, state: "yes" } : { level: "stored", state: "never" };
}

export function MeterCompact({ meter, words = true }: { meter: MeterDto; words?: boolean }) {
  const t = useTranslations("status.meter");
  const { level, state } = leadingStep(meter);
  const all = proofLevels.map((each) => t(`${each}.${meter[each].state}`)).join(", ");
  return (
    <Tooltip text={all}>
      <span className="inline-flex items-center gap-2 whitespace-nowrap">
        <span className="flex -space-x-0.5">
          {proofLevels.map((each) => (
            <Mark key={each} state={meter[each].state} small />
          ))}
        </span>
        <span className={words ? "text-[0.8125rem] text-ink-2" : "sr-only"}>{t(`${level}.${state}`)}</span>
        <span className="sr-only">({all})</span>
      </span>
    </Tooltip>
  );
}
