"use client";
/** `<FingerprintTab source />`: what the last good backup held, how every table went over the days, and what is watched. */
import { useQuery } from "@tanstack/react-query";
import { ChartSpline, Fingerprint, Table2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo, useState, type ReactNode } from "react";
import type { FingerprintDto } from "#lib/contracts/fingerprints";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { listFingerprintsQuery } from "#lib/query/fingerprints";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Card, Section } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { totalTrend, trendsOf } from "./fingerprint-model.ts";
import { LatestCard } from "./latest-card.tsx";
import { TrendGrid } from "./trend-grid.tsx";
import { DayTable, TrendTable } from "./trend-tables.tsx";
import { WatchSettings } from "./watch-settings.tsx";

const dayMs = 86_400_000;
const ranges = ["30", "90", "365"] as const;

export function FingerprintTab({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("fingerprints");
  const can = useCan();
  const [range, setRange] = useState<(typeof ranges)[number]>("90");
  const { data, error, refetch } = useQuery(listFingerprintsQuery(source.id, Number(range)));
  if (data === undefined) {
    return <Card flush>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton />}</Card>;
  }
  const [newest] = data.items;
  return (
    <div className="flex flex-col gap-6">
      {newest === undefined ? (
        <Card flush>
          <EmptyState icon={Fingerprint} title={t("empty")}>
            {t("emptyText")}
          </EmptyState>
        </Card>
      ) : (
        <>
          <LatestCard sourceId={source.id} fingerprint={newest} />
          <Trend
            items={data.items}
            range={
              <Segmented
                label={t("range")}
                value={range}
                onValueChange={setRange}
                options={ranges.map((value) => ({ value, label: t(`ranges.${value}`) }))}
              />
            }
          />
        </>
      )}
      {can("policies:write") ? (
        <WatchSettings
          key={data.version}
          sourceId={source.id}
          settings={data.settings}
          version={data.version}
          hasDigests={source.engine === "postgres"}
        />
      ) : null}
    </div>
  );
}

function Trend({ items, range }: { items: readonly FingerprintDto[]; range: ReactNode }) {
  const t = useTranslations("fingerprints");
  const [view, setView] = useState<"charts" | "table">(items.length < 2 ? "table" : "charts");
  const trends = useMemo(() => [totalTrend(items), ...trendsOf(items)], [items]);
  const span = { first: items.at(-1)?.day ?? "", last: items[0]?.day ?? "" };
  const days = (Date.parse(span.last) - Date.parse(span.first)) / dayMs + 1;
  return (
    <Section
      title={t("trend")}
      description={t("trendLead", { days })}
      actions={
        <>
          {range}
          <Segmented
            label={t("view")}
            value={view}
            onValueChange={setView}
            options={[
              { value: "charts", label: t("views.charts"), icon: ChartSpline },
              { value: "table", label: t("views.table"), icon: Table2 },
            ]}
          />
        </>
      }
    >
      {view === "charts" ? (
        <TrendGrid trends={trends} span={span} />
      ) : (
        <div className="flex flex-col gap-6">
          <TrendTable trends={trends} />
          <DayTable items={items} trends={trends} />
        </div>
      )}
    </Section>
  );
}
