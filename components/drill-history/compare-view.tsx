"use client";
/** Two drills beside each other. Which ones is in the address; with one of them given, the other is its source's drill before. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { DrillDto } from "#lib/contracts/drills";
import { formatMinute } from "#lib/format/time";
import { compareDrillsQuery, listDrillsQuery } from "#lib/query/drill-history";
import { useListState } from "../data-table/use-list-state.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { compareListQuery, compareSpec } from "./compare-spec.tsx";
import { ComparedChecks } from "./compared-checks.tsx";
import { ComparedFacts } from "./compared-facts.tsx";
import { neighbourOf } from "./comparison.ts";
import { drillIdOf } from "./drill-list-spec.tsx";

export function CompareView() {
  const t = useTranslations("drills.compare");
  const list = useListState(compareSpec);
  const { data: closed, error, refetch } = useQuery(listDrillsQuery(compareListQuery));
  const drills = closed?.items ?? [];
  const { left, right } = chosenOf(drills, drillIdOf(list.values.left), drillIdOf(list.values.right));
  return (
    <Page>
      <PageHeader title={t("title")} crumbs={[{ href: "/drills", label: t("drills") }]} description={t("lead")} />
      {closed === undefined ? (
        <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={6} />}</Card>
      ) : drills.length < 2 && (left === null || right === null) ? (
        <Card>
          <EmptyState icon={ArrowLeftRight} title={t("emptyTitle")} actions={<ButtonLink href="/drills">{t("toDrills")}</ButtonLink>}>
            {t("emptyText")}
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <Choice label={t("left")} drills={drills} value={left} onChange={(id) => list.set({ left: id })} />
            <Choice label={t("right")} drills={drills} value={right} onChange={(id) => list.set({ right: id })} />
          </div>
          {left === null || right === null ? null : <Comparison left={left} right={right} />}
        </>
      )}
    </Page>
  );
}

/** What the address says, and for what it leaves out: the newest drill, and the one before it. */
function chosenOf(drills: readonly DrillDto[], left: string | undefined, right: string | undefined) {
  const newest = right ?? (left === undefined ? (drills[0]?.id ?? null) : neighbourOf(drills, left));
  return { left: left ?? (newest === null ? null : neighbourOf(drills, newest)), right: newest };
}

type ChoiceProps = { label: string; drills: readonly DrillDto[]; value: string | null; onChange: (id: string) => void };

function Choice({ label, drills, value, onChange }: ChoiceProps) {
  const t = useTranslations("drills.compare");
  const status = useTranslations("status");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const options = drills.map(({ id, sourceName, startedAt, verdict }) => ({
    value: id,
    label: t("option", { source: sourceName, time: formatMinute(startedAt, settings) }),
    hint: verdict === null ? undefined : status(`verdict.${verdict}`),
  }));
  return (
    <Field label={label}>
      <Select value={value} onValueChange={onChange} options={options} placeholder={t("choose")} />
    </Field>
  );
}

function Comparison({ left, right }: { left: string; right: string }) {
  const { data, error, refetch } = useQuery(compareDrillsQuery(left, right));
  if (data === undefined)
    return <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={8} />}</Card>;
  return (
    <>
      <ComparedFacts comparison={data} />
      <ComparedChecks checks={data.checks} />
    </>
  );
}
