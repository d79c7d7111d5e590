"use client";
/** `<SchedulePreview cron timeZone />`: what is typed, in words, with its next starts; what is wrong with it otherwise. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { previewScheduleQuery } from "#lib/query/schedules";
import { ProblemNotice } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Notice } from "../ui/notice.tsx";
import { readCron } from "./cron-reading.ts";
import { useSettled } from "./use-settled.ts";
import { NextRuns } from "./next-runs.tsx";

/** Null: not all fields are filled. */
type PreviewProps = { cron: string | null; timeZone: string | null };

export function SchedulePreview({ cron, timeZone }: PreviewProps) {
  const t = useTranslations("schedules.editor");
  const locale = useLocale();
  const asked = useSettled(cron, 250);
  const { data, error, isPlaceholderData } = useQuery({
    ...previewScheduleQuery(asked ?? "", timeZone ?? "UTC"),
    enabled: asked !== null && timeZone !== null,
    placeholderData: keepPreviousData,
  });
  const reading = cron === null ? null : readCron(cron, locale);
  const isBroken = data !== undefined && data.problem !== null && !isPlaceholderData;
  return (
    <div className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-sunken px-3.5 py-3">
      <div>
        <p className="text-xs font-medium text-ink-3">{t("reading")}</p>
        <p role="status" className="text-sm font-medium text-ink">
          {reading === null || isBroken ? "–" : `${reading}${timeZone === null ? "" : ` · ${timeZone}`}`}
        </p>
      </div>
      {error ? (
        <ProblemNotice error={error} />
      ) : isBroken && data.problem !== null ? (
        <Notice tone="bad" live>
          <ReasonText reason={data.problem} />
        </Notice>
      ) : data === undefined || cron === null || timeZone === null ? (
        <div role="status" aria-label={t("asking")} className="flex flex-col gap-2">
          <Skeleton className="h-3.5 w-48" />
          <Skeleton className="h-3.5 w-56" />
          <Skeleton className="h-3.5 w-48" />
        </div>
      ) : (
        <NextRuns next={data.next} dst={data.dst} timeZone={timeZone} />
      )}
    </div>
  );
}
