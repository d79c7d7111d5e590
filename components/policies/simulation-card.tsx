"use client";
/** `<SimulationCard source chosen />`: what a policy does on a day that one chooses, why each backup stays, and how space develops. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { formatDay } from "#lib/format/time";
import { listPoliciesQuery, simulateRetentionQuery, type SimulationInput } from "#lib/query/policies";
import { sourceSchedulesQuery } from "#lib/query/schedules";
import { useSettled } from "../schedules/use-settled.ts";
import { ErrorState } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { DayChoice } from "./day-choice.tsx";
import { DecisionTable } from "./decision-table.tsx";
import { NeverCarriedOut } from "./never-carried-out.tsx";
import { usePolicyName } from "./policy-name.ts";
import { keepAll } from "./retention-card.tsx";
import { SimulationOutcome } from "./simulation-outcome.tsx";
import { SpaceOverTime } from "./space-over-time.tsx";

const shortestSpan = 365;
const longestSpan = 730;

/** A policy that nothing falls under: what keeping everything means. */
const everything = { keep: [{ type: "keep-days" as const, days: 36_500 }], capBytes: null };

export function SimulationCard({ source, chosen }: { source: SourceDetailDto; chosen: string }) {
  const t = useTranslations("policies.simulation");
  const one = useTranslations("policies.one");
  const tellName = usePolicyName();
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const [day, setDay] = useState(0);
  const asked = useSettled(day, 250);
  const { data: policies } = useQuery(listPoliciesQuery());
  const { data: schedules } = useQuery(sourceSchedulesQuery(source.id));
  const isOwn = chosen === (source.retentionPolicyId ?? keepAll);
  const what: SimulationInput = isOwn ? {} : chosen === keepAll ? { rule: everything } : { policyId: chosen };
  const days = asked > shortestSpan ? longestSpan : shortestSpan;
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...simulateRetentionQuery(source.id, { ...what, day: asked, days }),
    placeholderData: keepPreviousData,
  });
  const policy = policies?.items.find(({ id }) => id === chosen);
  const name = chosen === keepAll ? one("all") : tellName(policy?.name ?? "");
  return (
    <Card title={t("title")} description={isOwn ? t("lead") : t("leadFor", { policy: name })}>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label={t("asking")} className="flex flex-col gap-3">
            <Skeleton className="h-9 w-full max-w-md" />
            <Skeleton className="h-44 w-full" />
          </div>
        )
      ) : (
        <div className="flex flex-col gap-6">
          <div className="flex flex-col gap-3">
            <DayChoice day={day} max={longestSpan} today={data.series[0]?.day ?? data.at.slice(0, 10)} onChange={setDay} />
            <NeverCarriedOut simulated source={source} policy={policy} />
            <SimulationOutcome data={data} isStale={isPlaceholderData || day !== asked} />
            {schedules !== undefined && !schedules.items.some(({ enabled }) => enabled) ? (
              <Notice>{t("noSchedules")}</Notice>
            ) : data.basedOn === 0 && day > 0 ? (
              <Notice>{t("unknownSize")}</Notice>
            ) : null}
            {data.plannedUntil === null ? null : (
              <Notice tone="warn">{t("plannedUntil", { day: formatDay(data.plannedUntil, { locale, timeZone }) })}</Notice>
            )}
          </div>
          <SpaceOverTime series={data.series} day={day} onDay={setDay} />
          <DecisionTable decisions={data.decisions} />
        </div>
      )}
    </Card>
  );
}
