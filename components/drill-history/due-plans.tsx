"use client";
/** What is under way, overdue, due and soon due, each with the one button that leads on; the rest of the plans on request. */
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, CircleCheck, Database } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import type { DrillPlanSummaryDto } from "#lib/contracts/drill-plans";
import { formatDay } from "#lib/format/time";
import { listDrillPlansQuery } from "#lib/query/drill-plans";
import { ListFooter } from "../data-table/toolbar.tsx";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { StartDrillButton } from "./start-drill-button.tsx";
import { duePlansQuery, needsLook } from "./due-plans-query.tsx";

/** Two hundred plans drawn at once are half a megabyte. */
const pageSize = 50;

export function DuePlans() {
  const t = useTranslations("drills.list.due");
  const can = useCan();
  const { data, error, refetch } = useQuery(listDrillPlansQuery(duePlansQuery));
  const [isAllShown, setAllShown] = useState(false);
  const [most, setMost] = useState(pageSize);
  if (data === undefined) {
    return (
      <Card title={t("title")}>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={3} />}</Card>
    );
  }
  const plans = data.items;
  const urgent = plans.filter(needsLook);
  const shown = isAllShown ? plans : urgent;
  return (
    <Card
      flush
      title={t("title")}
      description={t("lead")}
      actions={
        plans.length > urgent.length ? (
          <Button size="sm" variant="ghost" aria-expanded={isAllShown} onClick={() => setAllShown(!isAllShown)}>
            {isAllShown ? t("showUrgent") : t("showAll", { count: plans.length })}
          </Button>
        ) : null
      }
    >
      {plans.length === 0 ? (
        <EmptyState
          icon={Database}
          title={t("emptyTitle")}
          actions={can("sources:write") ? <ButtonLink href="/sources">{t("toSources")}</ButtonLink> : null}
        >
          {t("emptyText")}
        </EmptyState>
      ) : (
        <>
          {urgent.length === 0 ? <NothingDue plans={plans} /> : null}
          {shown.length === 0 ? null : (
            <ul aria-label={t("title")} className="divide-y divide-line/70">
              {shown.slice(0, most).map((plan) => (
                <Plan key={plan.id} plan={plan} />
              ))}
            </ul>
          )}
          {shown.length > most ? (
            <div className="border-t border-line px-4 py-2.5 sm:px-5">
              <ListFooter shown={most} total={shown.length} totalCapped={false} hasMore onMore={() => setMost(most + pageSize)} />
            </div>
          ) : null}
        </>
      )}
    </Card>
  );
}

function NothingDue({ plans }: { plans: readonly DrillPlanSummaryDto[] }) {
  const t = useTranslations("drills.list.due");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const next = plans.filter(({ due }) => due === "ok").toSorted((a, b) => a.nextDueAt.localeCompare(b.nextDueAt))[0];
  return (
    <p className="flex items-center gap-2.5 px-4 py-4 text-sm text-ink-2 not-last:border-b not-last:border-line/70 sm:px-5">
      {next === undefined ? (
        <CalendarClock aria-hidden className="size-4.5 shrink-0 text-ink-3" />
      ) : (
        <CircleCheck aria-hidden className="size-4.5 shrink-0 text-good" />
      )}
      {next === undefined ? t("noneYet") : t("nothing", { source: next.sourceName, day: formatDay(next.nextDueAt, settings) })}
    </p>
  );
}

function Plan({ plan }: { plan: DrillPlanSummaryDto }) {
  const t = useTranslations("drills.list.due");
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Link href={`/sources/${plan.sourceId}?tab=drill`} className="min-w-0 text-sm font-medium wrap-anywhere text-ink hover:underline">
            {plan.sourceName}
          </Link>
          <StatusBadge status={`due.${plan.due}`} />
        </p>
        <p className="mt-0.5 text-xs text-ink-3">
          <When plan={plan} />
          {" · "}
          {plan.lastProvenAt === null ? t("neverProven") : t.rich("proven", { age: () => <RelativeTime at={plan.lastProvenAt} /> })}
          {plan.ownerName === null ? null : ` · ${plan.ownerName}`}
        </p>
      </div>
      {plan.openDrillId === null ? (
        <StartDrillButton plan={plan} />
      ) : (
        <ButtonLink size="sm" href={`/drills/${plan.openDrillId}`} aria-label={t("openOf", { source: plan.sourceName })}>
          {t("open")}
        </ButtonLink>
      )}
    </li>
  );
}

function When({ plan }: { plan: DrillPlanSummaryDto }) {
  const t = useTranslations("drills.list.due");
  if (!plan.enabled) return t("off");
  if (plan.due === "none") return t("noBackup");
  return t.rich(plan.unattended ? "dueAtUnattended" : "dueAt", { age: () => <RelativeTime at={plan.nextDueAt} /> });
}
