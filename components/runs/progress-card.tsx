"use client";
/** `<ProgressCard run={run} now={now} />`: how far an active run is. A share and a time left are shown only where they are known. */
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { RunDetailDto } from "#lib/contracts/runs";
import { formatBytes, formatRate } from "#lib/format/bytes";
import { formatDuration, formatSecondsLeft } from "#lib/format/duration";
import { formatCount, formatPercent } from "#lib/format/number";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Progress } from "../ui/progress.tsx";
import { elapsedMs, progressShare } from "./run-progress.ts";

export function ProgressCard({ run, now }: { run: RunDetailDto; now: Date }) {
  const t = useTranslations("runs.progress");
  const steps = useTranslations("runs.steps");
  const locale = useLocale();
  if (run.cancelRequested) return <Notice tone="warn">{t("cancelling")}</Notice>;
  if (run.state === "queued" && run.afterRunId !== null) {
    return (
      <Notice
        title={t("waitingSafety")}
        live
        actions={
          <ButtonLink size="sm" href={`/runs/${run.afterRunId}`}>
            {t("openSafety")}
          </ButtonLink>
        }
      >
        {t("waitingSafetyHint")}
      </Notice>
    );
  }
  if (run.state === "queued") {
    const { group, served } = run.waitsFor ?? { group: "", served: true };
    return served ? (
      <Notice title={t("waiting")} live>
        {t("waitingHint")}
      </Notice>
    ) : (
      <Notice tone="warn" title={t("waitingGroup", { group })} live>
        {t("unserved")}
      </Notice>
    );
  }
  const { progress } = run;
  const step = run.steps.find(({ state }) => state === "running");
  const stepText = step === undefined ? null : steps(step.code);
  const share = progressShare(progress);
  const done = formatBytes(progress.bytesDone, locale);
  return (
    <Card title={t("title")}>
      <div className="flex items-baseline justify-between gap-4">
        <p className="text-2xl font-semibold tracking-tight text-ink nums">{share === null ? done : formatPercent(share, locale)}</p>
        <p className="min-w-0 truncate text-[0.8125rem] text-ink-2">
          {progress.currentTable === null ? stepText : t("current", { table: progress.currentTable })}
        </p>
      </div>
      <div className="my-3">
        <Progress
          label={t("bar")}
          value={progress.bytesDone}
          max={progress.bytesTotal}
          text={share === null ? done : formatPercent(share, locale)}
        />
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-5">
        <Figure label={t("bytes")}>
          {progress.bytesTotal === null ? done : t("of", { done, total: formatBytes(progress.bytesTotal, locale) })}
        </Figure>
        <Figure label={t("rate")}>{progress.bytesPerSecond === 0 ? "–" : formatRate(progress.bytesPerSecond, locale)}</Figure>
        <Figure label={t(run.type === "restore" ? "entries" : "tables")}>
          {progress.tablesTotal === null
            ? formatCount(progress.tablesDone, locale)
            : t("tablesOf", { done: formatCount(progress.tablesDone, locale), total: formatCount(progress.tablesTotal, locale) })}
        </Figure>
        <Figure label={t("elapsed")}>{formatDuration(elapsedMs(run, now), locale)}</Figure>
        {progress.secondsLeft === null ? null : (
          <Figure label={t("left")}>{t("leftAbout", { time: formatSecondsLeft(progress.secondsLeft, locale) })}</Figure>
        )}
      </dl>
    </Card>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="text-sm text-ink nums">{children}</dd>
    </div>
  );
}
