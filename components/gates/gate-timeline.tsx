"use client";
/** `<GateTimeline gate />`: back up → verify → check, each with its state in words, how long it took and the way to its run. */
import { clsx } from "clsx";
import { Check, Ellipsis, LoaderCircle, Minus, X, type LucideIcon } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { GateDto } from "#lib/contracts/gates";
import { formatDuration } from "#lib/format/duration";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { stepsOf, type GateStepState, type GateStepView } from "./gate-steps.ts";

const marks: Record<GateStepState, { icon: LucideIcon; look: string; line: string }> = {
  done: { icon: Check, look: "border-good-fill bg-good-soft text-good", line: "bg-good-fill" },
  running: { icon: LoaderCircle, look: "border-accent bg-accent-soft text-accent-ink [&_svg]:animate-turn", line: "bg-line" },
  failed: { icon: X, look: "border-bad-fill bg-bad-soft text-bad", line: "bg-line" },
  waiting: { icon: Ellipsis, look: "border-dashed border-line-strong bg-surface text-ink-3", line: "bg-line" },
  skipped: { icon: Minus, look: "border-dashed border-line-strong bg-surface text-ink-3", line: "bg-line" },
  never: { icon: Minus, look: "border-dashed border-line-strong bg-surface text-ink-3", line: "bg-line" },
};

export function GateTimeline({ gate }: { gate: GateDto }) {
  const t = useTranslations("gates.steps");
  const steps = stepsOf(gate);
  return (
    <Card title={t("title")}>
      <ol className="grid gap-y-1 sm:grid-cols-3 sm:gap-x-4">
        {steps.map((step, index) => (
          <Step key={step.name} step={step} gate={gate} isLast={index === steps.length - 1} />
        ))}
      </ol>
    </Card>
  );
}

function Step({ step, gate, isLast }: { step: GateStepView; gate: GateDto; isLast: boolean }) {
  const t = useTranslations("gates");
  const { icon: Icon, look, line } = marks[step.state];
  return (
    <li className="grid content-start grid-cols-[2rem_minmax(0,1fr)] gap-x-3 sm:grid-cols-1 sm:gap-y-2.5">
      <div className="flex flex-col items-center gap-1 sm:flex-row sm:gap-3">
        <span aria-hidden className={clsx("grid size-8 shrink-0 place-items-center rounded-full border", look)}>
          <Icon className="size-4" strokeWidth={2.4} />
        </span>
        {isLast ? null : <span aria-hidden className={clsx("w-0.5 flex-1 rounded sm:h-0.5 sm:w-auto", line)} />}
      </div>
      <div className="min-w-0 pb-4 sm:pb-0">
        <p className="text-sm font-medium text-ink">
          {t(`steps.${step.name}`)}: <span className={clsx(step.state === "failed" && "text-bad")}>{t(`stepState.${step.state}`)}</span>
        </p>
        <StepTimes step={step} />
        {step.name === "check" ? <CheckFacts gate={gate} /> : null}
        <p className="mt-1 flex flex-wrap gap-x-3 text-[0.8125rem]">
          {step.runId === null ? null : (
            <Link href={`/runs/${step.runId}`} className="link">
              {t("seeRun")}
              <span className="sr-only">: {t(`steps.${step.name}`)}</span>
            </Link>
          )}
          {step.name === "backup" && gate.backupId !== null ? (
            <Link href={`/backups/${gate.backupId}`} className="link">
              {t("seeBackup")}
            </Link>
          ) : null}
        </p>
      </div>
    </li>
  );
}

function StepTimes({ step: { startedAt, endedAt } }: { step: GateStepView }) {
  const t = useTranslations("gates");
  const locale = useLocale();
  if (startedAt === null) return null;
  return (
    <p className="text-xs text-ink-3 nums">
      {endedAt === null ? (
        <RelativeTime at={startedAt} />
      ) : (
        <>
          <AbsoluteTime at={endedAt} /> · {t("took", { duration: formatDuration(Date.parse(endedAt) - Date.parse(startedAt), locale) })}
        </>
      )}
    </p>
  );
}

function CheckFacts({ gate: { checker, command, exitCode } }: { gate: GateDto }) {
  const t = useTranslations("gates");
  if (checker === "none") return null;
  return (
    <p className="text-xs text-ink-2">
      {command === null ? null : (
        <>
          <code className="font-mono wrap-anywhere">{command}</code>,{" "}
        </>
      )}
      {t(`checkBy.${checker}`)}
      {exitCode === null ? null : <>, {t("exit", { code: String(exitCode) })}</>}
    </p>
  );
}
