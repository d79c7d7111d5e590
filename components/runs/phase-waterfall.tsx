"use client";
/** `<PhaseWaterfall run={run} now={now} />`: the run's steps over one time axis, with what each found and where it broke. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import type { RunDetailDto, RunStepDto } from "#lib/contracts/runs";
import { formatDuration } from "#lib/format/duration";
import { ReasonText } from "../state/reason.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { waterfall, type WaterfallBar } from "./run-progress.ts";
import { StepFacts } from "./step-facts.tsx";

const fills = {
  pending: "fill-line",
  running: "fill-accent",
  done: "fill-good-fill",
  failed: "fill-bad-fill",
  skipped: "fill-line-strong",
} as const satisfies Record<RunStepDto["state"], string>;

export function PhaseWaterfall({ run, now }: { run: Pick<RunDetailDto, "steps" | "finishedAt">; now: Date }) {
  return (
    <ol className="divide-y divide-line/70">
      {waterfall(run.steps, run.finishedAt, now).map((bar) => (
        <Phase key={bar.step.code} bar={bar} />
      ))}
    </ol>
  );
}

function Phase({ bar: { step, durationMs, offset, width } }: { bar: WaterfallBar }) {
  const t = useTranslations("runs");
  const locale = useLocale();
  // Cancelled is what somebody wanted: the step ended early, it did not fail.
  const isCancelled = step.error?.code === "run-cancelled";
  const waiting = step.state === "pending" || step.state === "skipped";
  return (
    <li className="px-4 py-2.5 sm:px-5" aria-current={step.state === "running" ? "step" : undefined}>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1.5 sm:grid-cols-[13rem_minmax(0,1fr)_5.5rem]">
        <span className={clsx("flex min-w-0 items-center gap-2.5 text-sm", waiting ? "text-ink-3" : "font-medium text-ink")}>
          <StatusIcon status={isCancelled ? "run.cancelled" : `step.${step.state}`} />
          <span className="truncate">{t(`steps.${step.code}`)}</span>
        </span>
        <svg aria-hidden width="100%" height="8" className="order-3 col-span-2 block sm:order-none sm:col-span-1">
          <rect width="100%" height="8" rx="4" className="fill-sunken" />
          {durationMs === null ? null : (
            <rect
              x={`${offset * 100}%`}
              width={`${Math.max(width * 100, 0.75)}%`}
              height="8"
              rx="4"
              className={isCancelled ? "fill-line-strong" : fills[step.state]}
            />
          )}
        </svg>
        <span className="text-right text-xs text-ink-2 nums">
          {durationMs === null ? <span className="text-ink-3">–</span> : formatDuration(durationMs, locale)}
        </span>
      </div>
      <StepFacts step={step} />
      {step.error === null || isCancelled ? null : (
        <div className="mt-2 rounded-lg border border-bad-fill/35 bg-bad-soft px-3 py-2 sm:ml-6.5">
          <ReasonText reason={step.error} />
        </div>
      )}
    </li>
  );
}
