"use client";
/** Drills of a year, a line for each source: as a picture, or as a table of the same. Year, search and view are in the address. */
import { ChartNoAxesGantt, ChevronLeft, ChevronRight, Table2 } from "lucide-react";
import { useTimeZone, useTranslations } from "next-intl";
import { ToolbarSearch } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { Page } from "../shell/page.tsx";
import { IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { CalendarLines } from "./calendar-lines.tsx";
import { calendarQuery, calendarSpec } from "./calendar-spec.tsx";
import { DrillsHeader } from "./drills-header.tsx";

export function CalendarView() {
  const t = useTranslations("drills.calendar");
  const sources = useTranslations("sources");
  const timeZone = useTimeZone() ?? "UTC";
  const list = useListState(calendarSpec);
  const now = useCurrentTime(60_000);
  const query = calendarQuery(list.values, now, timeZone);
  const { year } = query;
  const isTable = list.values.as === "table";
  return (
    <Page>
      <DrillsHeader lead="calendarLead" />
      <div className="flex">
        <ToolbarSearch label={sources("search")} value={list.values.q} onChange={(q) => list.set({ q })} />
      </div>
      <Card
        flush
        title={
          <span className="flex items-center gap-1">
            <IconButton size="sm" icon={ChevronLeft} label={t("previous")} onClick={() => list.set({ year: String(year - 1) })} />
            <span aria-live="polite" className="min-w-12 text-center nums">
              {year}
            </span>
            <IconButton size="sm" icon={ChevronRight} label={t("next")} onClick={() => list.set({ year: String(year + 1) })} />
          </span>
        }
        actions={
          <Segmented
            label={t("view")}
            value={isTable ? "table" : "picture"}
            onValueChange={(next) => list.set({ as: next === "table" ? "table" : undefined })}
            options={[
              { value: "picture", label: t("viewPicture"), icon: ChartNoAxesGantt },
              { value: "table", label: t("viewTable"), icon: Table2 },
            ]}
          />
        }
      >
        {/* A year of its own: while another one is on its way, this one's lines would show its drills at wrong places. */}
        <CalendarLines key={year} query={query} isTable={isTable} now={now} onClear={() => list.set({ q: undefined })} />
      </Card>
    </Page>
  );
}
