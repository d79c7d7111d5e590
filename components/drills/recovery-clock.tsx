"use client";
/** `<RecoveryClock drill answeredAt />`: elapsed against the objective, machine time and pauses, each named; and the recovery point. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { formatDuration } from "#lib/format/duration";
import { Card } from "../ui/card.tsx";
import { Progress } from "../ui/progress.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import type { ReactNode } from "react";
import { clockTone, liveClock } from "./live-clock.ts";

const inks = { accent: "text-ink", good: "text-ink", warn: "text-warn", bad: "text-bad" } as const;

export function RecoveryClock({ drill, answeredAt }: { drill: DrillDetailDto; answeredAt: number }) {
  const t = useTranslations("drills.wizard.clock");
  const locale = useLocale();
  const now = useCurrentTime(1000);
  const { clock } = drill;
  const live = liveClock(drill, answeredAt, now.getTime());
  const tone = clockTone(live.share);
  const objective = clock.recoveryTimeSeconds === null ? null : formatDuration(clock.recoveryTimeSeconds * 1000, locale);
  // Whole seconds while it goes on: tenths that jump say nothing.
  const shown = (ms: number): string => formatDuration(live.isRunning ? Math.round(ms / 1000) * 1000 : ms, locale);
  const state = live.elapsedMs === null ? "waiting" : live.isRunning ? "running" : clock.stoppedAt === null ? "unfinished" : "stopped";
  return (
    <Card title={t("title")} description={t(state)}>
      <div className="flex items-baseline justify-between gap-4">
        <p className={clsx("text-3xl font-semibold tracking-tight nums", inks[tone])}>
          {live.elapsedMs === null ? <span className="text-ink-3">–</span> : shown(live.elapsedMs)}
        </p>
        <p className="text-right text-xs text-ink-3">{objective === null ? t("noObjective") : t("objective", { time: objective })}</p>
      </div>
      {live.share === null ? null : (
        <div className="mt-2.5">
          <Progress
            label={t("bar")}
            value={Math.min(1, live.share)}
            max={1}
            tone={tone}
            text={t(live.share > 1 ? "missed" : "within", { time: objective ?? "" })}
          />
          {live.share > 1 ? <p className="mt-1.5 text-xs font-medium text-bad">{t("missed", { time: objective ?? "" })}</p> : null}
        </div>
      )}
      <dl className="mt-4 flex flex-col gap-2 text-[0.8125rem]">
        <Line label={t("elapsed")} hint={t("elapsedHint")} value={live.elapsedMs === null ? "–" : shown(live.elapsedMs)} />
        <Line label={t("machine")} hint={t("machineHint")} value={shown(live.machineMs)} />
        {live.pausedMs === 0 ? null : <Line label={t("paused")} hint={t("pausedHint")} value={shown(live.pausedMs)} />}
        <RecoveryPoint clock={clock} />
      </dl>
    </Card>
  );
}

function RecoveryPoint({ clock }: { clock: DrillDetailDto["clock"] }) {
  const t = useTranslations("drills.wizard.clock");
  const locale = useLocale();
  const { actualRecoveryPointSeconds: actual, recoveryPointSeconds: wanted } = clock;
  if (actual === null) return null;
  const isMissed = wanted !== null && actual > wanted;
  return (
    <Line
      label={t("point")}
      hint={wanted === null ? t("pointHint") : t("objective", { time: formatDuration(wanted * 1000, locale) })}
      value={<span className={clsx(isMissed && "text-bad")}>{formatDuration(actual * 1000, locale)}</span>}
    />
  );
}

function Line({ label, hint, value }: { label: string; hint: string; value: ReactNode }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 border-t border-line/70 pt-2">
      <dt className="text-ink">
        {label}
        <span className="block text-xs text-ink-3">{hint}</span>
      </dt>
      <dd className="font-medium text-ink nums">{value}</dd>
    </div>
  );
}
