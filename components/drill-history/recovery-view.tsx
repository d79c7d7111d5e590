"use client";
/** Recovery times against their objectives, the share of drills that passed, and when each source was last proven. One source is in the address. */
import { useQuery } from "@tanstack/react-query";
import { ChartLine } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo, type ComponentProps } from "react";
import type { DrillTrendDto } from "#lib/contracts/drill-history";
import { drillTrendQuery } from "#lib/query/drill-history";
import { useListState } from "../data-table/use-list-state.tsx";
import { Page } from "../shell/page.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card, Section } from "../ui/card.tsx";
import { sourceIdOf } from "./drill-list-spec.tsx";
import { DrillsHeader } from "./drills-header.tsx";
import { ProvenSources } from "./proven-sources.tsx";
import { recoverySpec } from "./recovery-spec.tsx";
import { TrendChart } from "./trend-chart.tsx";
import { TrendNumbers } from "./trend-numbers.tsx";
import { TrendTable } from "./trend-table.tsx";

export function RecoveryView() {
  const list = useListState(recoverySpec);
  const source = sourceIdOf(list.values.source);
  const query = useQuery(drillTrendQuery(source));
  const { data, error, refetch } = query;
  return (
    <Page>
      <DrillsHeader lead="recoveryLead" />
      <div className="flex">
        <SourceFilter value={source} onChange={(next) => list.set({ source: next })} />
      </div>
      {data === undefined ? (
        <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={6} />}</Card>
      ) : (
        <Trend data={data} query={query} source={source} />
      )}
    </Page>
  );
}

type TrendProps = { data: DrillTrendDto; query: ComponentProps<typeof TrendTable>["query"]; source: string | undefined };

function Trend({ data, query, source }: TrendProps) {
  const t = useTranslations("drills.trend");
  const newestFirst = useMemo(() => data.points.toReversed(), [data.points]);
  if (data.points.length === 0) {
    return (
      <>
        <Card>
          <EmptyState icon={ChartLine} title={t("emptyTitle")} actions={<ButtonLink href="/drills">{t("toDrills")}</ButtonLink>}>
            {t("emptyText")}
          </EmptyState>
        </Card>
        <ProvenSources source={source} />
      </>
    );
  }
  return (
    <>
      <TrendNumbers data={data} />
      <Card title={t("title")} description={t("scale")}>
        <TrendChart points={data.points} isConnected={source !== undefined} />
      </Card>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_19rem]">
        <Section title={t("tableTitle")}>
          <TrendTable points={newestFirst} query={query} />
        </Section>
        <ProvenSources source={source} />
      </div>
    </>
  );
}
