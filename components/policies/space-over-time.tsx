"use client";
/** `<SpaceOverTime series day onDay />`: what a source's backups store, day by day, as a chart, or as a table of months. */
import { ChartArea, Table2 } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { formatDay } from "#lib/format/time";
import type { SimulationDto } from "#lib/query/policies";
import { Segmented } from "../ui/segmented.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { monthRows } from "./simulation-model.ts";
import { SpaceChart } from "./space-chart.tsx";

type SpaceProps = { series: SimulationDto["series"]; day: number; onDay: (day: number) => void };

export function SpaceOverTime({ series, day, onDay }: SpaceProps) {
  const t = useTranslations("policies.simulation");
  const [view, setView] = useState<"chart" | "table">("chart");
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold tracking-tight text-ink">{t("space")}</h3>
        <Segmented
          label={t("view")}
          value={view}
          onValueChange={setView}
          options={[
            { value: "chart", label: t("viewChart"), icon: ChartArea },
            { value: "table", label: t("viewTable"), icon: Table2 },
          ]}
        />
      </div>
      {view === "chart" ? <SpaceChart series={series} day={day} onDay={onDay} /> : <SpaceTable series={series} />}
    </div>
  );
}

function SpaceTable({ series }: { series: SimulationDto["series"] }) {
  const t = useTranslations("policies.simulation");
  const locale = useLocale();
  return (
    <TableFrame label={t("table")} className="relative -mx-4 sm:-mx-5">
      <thead>
        <tr>
          <Th>{t("columns.day")}</Th>
          <Th num>{t("columns.backups")}</Th>
          <Th num>{t("columns.stored")}</Th>
          <Th num>{t("columns.trashed")}</Th>
        </tr>
      </thead>
      <tbody>
        {monthRows(series).map(({ day, backups, storedBytes, trashed }) => (
          <tr key={day}>
            <Td className="whitespace-nowrap nums">{formatDay(`${day}T12:00:00Z`, { locale, timeZone: "UTC" })}</Td>
            <Td num>{formatCount(backups, locale)}</Td>
            <Td num>{formatBytes(storedBytes, locale)}</Td>
            <Td num>{formatCount(trashed, locale)}</Td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
