"use client";
/** `<DrillSteps drill shown onShow />`: the four phases, where the drill stands and where one looks; what is over can be looked at again. */
import { clsx } from "clsx";
import { Check, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { drillPhases, isDrillOpen, type DrillPhase } from "#lib/domain/drill-state";
import { canLookAt, currentStep } from "./drill-step.ts";

type StepsProps = { drill: DrillDetailDto; shown: DrillPhase; onShow: (step: DrillPhase) => void };

export function DrillSteps({ drill, shown, onShow }: StepsProps) {
  const t = useTranslations("drills.wizard.steps");
  const current = drillPhases.indexOf(currentStep(drill));
  const isOver = !isDrillOpen(drill.state);
  return (
    <nav aria-label={t("label")}>
      <ol className="grid grid-cols-4 gap-1.5 sm:gap-2">
        {drillPhases.map((step, index) => {
          const isDone = index < current || (isOver && drill.state === "closed");
          const isBroken = index === current && (drill.state === "restore-failed" || drill.state === "aborted");
          return (
            <li key={step} aria-current={index === current ? "step" : undefined}>
              <button
                type="button"
                disabled={!canLookAt(drill, step)}
                aria-pressed={step === shown}
                onClick={() => onShow(step)}
                className={clsx(
                  "flex h-full w-full flex-col items-start gap-1 rounded-lg border-t-3 px-1.5 pt-2 pb-2 text-left transition-colors sm:px-3",
                  "enabled:hover:bg-hover disabled:cursor-default",
                  step === shown && "bg-surface shadow-card",
                  isBroken
                    ? "border-bad-fill"
                    : isDone
                      ? "border-good-fill"
                      : index === current
                        ? "border-accent"
                        : "border-line-strong/60",
                )}
              >
                <span className="flex items-center gap-2">
                  <Mark number={index + 1} isDone={isDone} isBroken={isBroken} isCurrent={index === current} />
                  <span className={clsx("text-[0.8125rem] sm:text-sm", index <= current ? "font-medium text-ink" : "text-ink-3")}>
                    {t(step)}
                  </span>
                </span>
                <span className="text-xs text-ink-3 max-sm:hidden">{t(`hints.${step}`)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function Mark({ number, isDone, isBroken, isCurrent }: { number: number; isDone: boolean; isBroken: boolean; isCurrent: boolean }) {
  const look = isBroken
    ? "border-bad-fill bg-bad-soft text-bad"
    : isDone
      ? "border-good-fill bg-good-soft text-good"
      : isCurrent
        ? "border-accent bg-accent text-on-accent"
        : "border-line-strong text-ink-3";
  return (
    <span
      aria-hidden
      className={clsx("grid size-5 shrink-0 place-items-center rounded-full border text-2xs font-semibold nums max-sm:hidden", look)}
    >
      {isBroken ? <X className="size-3" strokeWidth={3} /> : isDone ? <Check className="size-3" strokeWidth={3} /> : number}
    </span>
  );
}
