"use client";
/** `<RunFacts run={run} now={now} />`: who started a run, when, why, and what flowed. */
import { useLocale, useTranslations } from "next-intl";
import type { RunDetailDto } from "#lib/contracts/runs";
import { isActive } from "#lib/domain/run-state";
import { formatBytes, formatRate } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatCount } from "#lib/format/number";
import { Card } from "../ui/card.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { elapsedMs, meanRate } from "./run-progress.ts";

export function RunFacts({ run, now }: { run: RunDetailDto; now: Date }) {
  const t = useTranslations("runs.facts");
  const progress = useTranslations("runs.progress");
  const triggers = useTranslations("runs.triggers");
  const locale = useLocale();
  const rate = isActive(run.state) ? null : meanRate(run, now);
  const when = (at: string | null) => (at === null ? null : <AbsoluteTime at={at} seconds />);
  const items: Fact[] = [
    { label: t("by"), value: run.createdBy.name },
    { label: t("trigger"), value: triggers(run.trigger) },
    ...(run.note === "" ? [] : [{ label: t("note"), value: <span className="whitespace-pre-wrap">{run.note}</span> }]),
    { label: t("queued"), value: when(run.queuedAt) },
    { label: t("started"), value: when(run.startedAt) },
    { label: t("finished"), value: when(run.finishedAt) },
    ...(run.finishedAt === null ? [] : [{ label: progress("took"), value: formatDuration(elapsedMs(run, now), locale) }]),
    ...(run.progress.bytesDone === 0 || isActive(run.state)
      ? []
      : [{ label: progress("bytes"), value: formatBytes(run.progress.bytesDone, locale) }]),
    ...(rate === null ? [] : [{ label: progress("meanRate"), value: formatRate(rate, locale) }]),
    ...(run.progress.tablesDone === 0
      ? []
      : [{ label: progress(run.type === "restore" ? "entries" : "tables"), value: formatCount(run.progress.tablesDone, locale) }]),
    ...(run.workerId === null ? [] : [{ label: t("worker"), value: <span className="font-mono text-xs">{run.workerId}</span> }]),
  ];
  return (
    <Card title={t("title")}>
      <Facts items={items} className="-my-2 [&>div]:grid-cols-[5.5rem_minmax(0,1fr)]" />
    </Card>
  );
}
