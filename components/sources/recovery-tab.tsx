"use client";
/** Times to which a source can be restored: a time line, a field for a date, the selected point, and all of it as a table. */
import { useQuery } from "@tanstack/react-query";
import { ChartNoAxesGantt, History, Table2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import type { RestorePointsDto } from "#lib/contracts/restore-points";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { listRestorePointsQuery } from "#lib/query/restore-points";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Legend } from "../timeline/legend.tsx";
import { PointsTable } from "../timeline/points-table.tsx";
import { readRecovery, writeRecovery, type RecoveryValues } from "../timeline/recovery-address.ts";
import { RestoreTo } from "../timeline/restore-to.tsx";
import { SelectedItem } from "../timeline/selected-item.tsx";
import { TimeLine } from "../timeline/time-line.tsx";
import {
  defaultRange,
  itemsOf,
  pointAt,
  ranges,
  spanOf,
  visibleGap,
  within,
  type Picked,
  type TimeLineItem,
} from "../timeline/time-line-model.ts";
import { Card } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { BackUpButton } from "./back-up-button.tsx";

export function RecoveryTab({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("timeline");
  const can = useCan();
  const { data, error, refetch } = useQuery(listRestorePointsQuery(source.id));
  if (data === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={5} />;
  if (data.points.length === 0 && data.missed.length === 0) {
    return (
      <Card title={t("title")}>
        <EmptyState icon={History} title={t("empty.title")} actions={<BackUpButton source={source} />}>
          {can("backups:create") ? t("empty.text") : t("empty.viewer")}
        </EmptyState>
      </Card>
    );
  }
  return <Recovery sourceId={source.id} data={data} />;
}

function Recovery({ sourceId, data }: { sourceId: string; data: RestorePointsDto }) {
  const t = useTranslations("timeline");
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const values = readRecovery(search);
  const { at = null } = values;
  const items = itemsOf(data);
  const range = values.range ?? defaultRange(items, data.now);
  const span = spanOf(range, items, data.now);
  const picked = usePicked(sourceId, data, at);
  const shownItems = within(items, span);
  const gaps = data.gaps.filter((gap) => visibleGap(gap, span) !== null);
  const selected =
    items.find(({ id }) => id === values.point) ??
    items.find(({ id }) => id === picked?.point?.backupId) ??
    items.findLast(({ type }) => type === "point") ??
    items.at(-1);
  // The browser's own history: no server is asked while one travels along the line.
  const set = (change: RecoveryValues): void =>
    window.history.replaceState(
      null,
      "",
      path + writeRecovery({ ...readRecovery(new URLSearchParams(window.location.search)), ...change }),
    );
  const open = (item: TimeLineItem): void => router.push(item.type === "point" ? `/backups/${item.id}` : `/runs/${item.id}`);
  return (
    <div className="flex flex-col gap-5">
      <Card
        title={t("title")}
        description={t("lead")}
        flush={values.view === "table"}
        actions={
          <>
            <Segmented
              label={t("range")}
              value={range}
              onValueChange={(next) => set({ range: next })}
              options={ranges.map((value) => ({ value, label: t(`ranges.${value}`) }))}
            />
            <Segmented
              label={t("view")}
              value={values.view ?? "line"}
              onValueChange={(next) => set({ view: next === "table" ? "table" : undefined })}
              options={[
                { value: "line", label: t("viewLine"), icon: ChartNoAxesGantt },
                { value: "table", label: t("viewTable"), icon: Table2 },
              ]}
            />
          </>
        }
      >
        {values.view === "table" ? (
          <PointsTable items={shownItems} gaps={gaps} />
        ) : (
          <div className="flex flex-col gap-4">
            <TimeLine
              items={items}
              gaps={gaps}
              span={span}
              selected={selected?.id ?? null}
              onSelect={({ id }) => set({ point: id })}
              onOpen={open}
              wanted={at}
            />
            <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
              <Legend items={shownItems} gaps={gaps.length} />
              <p className="text-xs text-ink-3">{t("keys")}</p>
            </div>
          </div>
        )}
        {data.truncated ? <p className="px-4 pt-3 pb-1 text-xs text-ink-3">{t("truncated", { count: data.points.length })}</p> : null}
      </Card>
      <Card title={t("to.title")} description={t("to.lead")}>
        <RestoreTo
          sourceId={sourceId}
          now={data.now}
          at={at}
          picked={picked}
          onAt={(next) => set({ at: next ?? undefined, point: undefined })}
        />
      </Card>
      {selected === undefined ? null : <SelectedItem item={selected} />}
    </div>
  );
}

/** What a restore to the date gives back; for a date before what the first answer holds another one is asked for. Undefined meanwhile. */
function usePicked(sourceId: string, data: RestorePointsDto, at: string | null): Picked | undefined {
  const near = at === null ? undefined : pointAt(data.points, at);
  const isBeyond = at !== null && data.truncated && near?.point === null;
  const { data: older } = useQuery({ ...listRestorePointsQuery(sourceId, at ?? undefined), enabled: isBeyond, refetchInterval: false });
  if (!isBeyond) return near;
  return older === undefined ? undefined : pointAt(older.points, at);
}
