"use client";
/** First run, step by step, each with its real state; and the sample for those who want to look around first. */
import { clsx } from "clsx";
import { FlaskConical } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { StartDrill } from "../drills/start-drill.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { GuideAction } from "./guide-action.tsx";
import { guideSteps, type GuideState, type GuideStep } from "./guide-state.tsx";
import { GuideText } from "./guide-text.tsx";
import { StartSample } from "./start-sample.tsx";
import { useGuide } from "./use-guide.ts";

export function Guide() {
  const t = useTranslations("setup.guide");
  const { state, error, refetch } = useGuide();
  if (state === undefined) return error ? <ErrorState error={error} onRetry={refetch} /> : <PageSkeleton />;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Card flush>
        <ol aria-label={t("steps")} className="divide-y divide-line/70">
          {guideSteps.map((step, index) => (
            <Step key={step} step={step} number={index + 1} state={state} />
          ))}
        </ol>
        {state.next === null ? (
          <Notice
            tone="good"
            className="m-4 sm:m-5"
            title={t("allDone")}
            actions={
              <ButtonLink variant="primary" href="/">
                {t("toOverview")}
              </ButtonLink>
            }
          >
            {t("allDoneText")}
          </Notice>
        ) : null}
      </Card>
      <div className="flex min-w-0 flex-col gap-4">
        <SampleCard sample={state.sample} />
        {state.next === null ? null : (
          <Link href="/" className="link self-start text-sm">
            {t("later")}
          </Link>
        )}
      </div>
    </div>
  );
}

function Step({ step, number, state }: { step: GuideStep; number: number; state: GuideState }) {
  const t = useTranslations("setup.guide");
  const isDone = state.done[step];
  const isNext = state.next === step;
  return (
    <li
      aria-current={isNext ? "step" : undefined}
      className={clsx("grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-3 px-4 py-4 sm:px-5", isNext && "bg-accent-soft/40")}
    >
      {isDone ? (
        <StatusIcon status="step.done" className="mt-0.5 size-6" />
      ) : (
        <span
          aria-hidden
          className={clsx(
            "grid size-6 place-items-center rounded-full border text-xs font-semibold nums",
            isNext ? "border-accent bg-accent text-on-accent" : "border-line-strong text-ink-3",
          )}
        >
          {number}
        </span>
      )}
      <div className="min-w-0">
        <h2 className={clsx("text-[0.9375rem] font-semibold tracking-tight", isDone || isNext ? "text-ink" : "text-ink-2")}>
          {t(`${step}.title`)}
        </h2>
        <div className="mt-0.5 max-w-xl text-[0.8125rem] text-ink-2">
          <GuideText step={step} state={state} />
        </div>
        {isNext || isDone ? (
          <div className="mt-3 flex flex-wrap items-center gap-2 empty:hidden">
            <GuideAction step={step} state={state} />
          </div>
        ) : null}
      </div>
    </li>
  );
}

function SampleCard({ sample }: { sample: GuideState["sample"] }) {
  const t = useTranslations("setup.guide");
  return (
    <Card>
      <span className="grid size-9 place-items-center rounded-lg bg-accent-soft text-accent-ink">
        <FlaskConical aria-hidden className="size-4.5" strokeWidth={1.8} />
      </span>
      <h2 className="mt-3 text-[0.9375rem] font-semibold tracking-tight">{t("sample")}</h2>
      <p className="mt-1 mb-4 text-[0.8125rem] text-ink-2">{t(sample === null ? "sampleText" : "sampleHere")}</p>
      {sample === null ? (
        <StartSample />
      ) : (
        <div className="flex flex-wrap gap-2">
          <ButtonLink size="sm" href={`/sources/${sample.id}`}>
            {t("sampleOpen")}
          </ButtonLink>
          {sample.lastGoodBackupId === null ? null : (
            <>
              <ButtonLink size="sm" href={`/restores/new?backup=${sample.lastGoodBackupId}`}>
                {t("sampleRestore")}
              </ButtonLink>
              <StartDrill size="sm" source={sample} />
            </>
          )}
        </div>
      )}
    </Card>
  );
}
