"use client";
/* oxlint-disable jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/no-redundant-roles, jsx-a11y/control-has-associated-label
   -- a table that is moved in by keys is a grid; its cells without a day are empty */
/**
 * `<MonthGrid month days today selected onSelect />`: a month as a grid of days, one tab stop: arrow keys go from day to day, Home and End to the
 * ends of a week, Page up and Page down from month to month.
 */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { formatDay } from "#lib/format/time";
import { weekdayName } from "../schedules/weekday.ts";
import { CountMarks, useCountText } from "./count-marks.tsx";
import { movedDay, noCounts, weeksOf, type CalendarDay, type DayMove } from "./month-model.ts";

type GridProps = {
  month: string;
  /** What stands in the grid's name: `November 2026`. */
  monthName: string;
  days: readonly CalendarDay[];
  /** `2026-11-22`. */
  today: string;
  selected: string;
  onSelect: (day: string) => void;
};

const keys: Readonly<Record<string, DayMove>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "home",
  End: "end",
  PageUp: "page-up",
  PageDown: "page-down",
};
const weekdays = [1, 2, 3, 4, 5, 6, 0] as const;

export function MonthGrid({ month, monthName, days, today, selected, onSelect }: GridProps) {
  const t = useTranslations("calendar");
  const locale = useLocale();
  const tellCounts = useCountText();
  const grid = useRef<HTMLTableElement>(null);
  // A key may lead to a day that is drawn only once its month is there.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current !== selected) return;
    wanted.current = null;
    grid.current?.querySelector<HTMLElement>(`[data-day="${selected}"]`)?.focus();
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = keys[event.key];
    if (move === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    wanted.current = movedDay(selected, move);
    onSelect(wanted.current);
  };
  const byDay = new Map(days.map((each) => [each.day, each]));
  return (
    <table
      ref={grid}
      role="grid"
      aria-label={t("grid", { month: monthName })}
      className="w-full table-fixed border-collapse"
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr>
          {weekdays.map((day) => (
            <th key={day} scope="col" abbr={weekdayName(day, locale)} className="pb-2 text-left text-xs font-medium text-ink-3">
              <span className="pl-2">{weekdayName(day, locale, "short")}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week, index) => (
          <tr key={week.find((day) => day !== null) ?? index}>
            {week.map((day, column) =>
              day === null ? (
                <td key={`none-${weekdays[column] ?? ""}`} role="gridcell" className="border border-line/60 bg-sunken/40" />
              ) : (
                <td key={day} role="gridcell" aria-selected={day === selected} className="border border-line/60 p-0 align-top">
                  <button
                    type="button"
                    data-day={day}
                    tabIndex={day === selected ? 0 : -1}
                    aria-current={day === today ? "date" : undefined}
                    aria-label={`${formatDay(`${day}T12:00:00Z`, { locale, timeZone: "UTC" })}: ${tellCounts(byDay.get(day)?.counts ?? noCounts)}`}
                    onClick={() => onSelect(day)}
                    className={clsx(
                      "flex min-h-22 w-full flex-col items-start gap-1.5 p-1.5 text-left transition-colors hover:bg-hover focus-visible:outline-offset-[-2px]",
                      day === selected && "bg-accent-soft/60",
                    )}
                  >
                    <span
                      className={clsx(
                        "grid h-6 min-w-6 place-items-center rounded-full px-1 text-xs nums",
                        day === today ? "bg-accent font-semibold text-on-accent" : "text-ink-2",
                      )}
                    >
                      {Number(day.slice(8))}
                    </span>
                    <CountMarks counts={byDay.get(day)?.counts ?? noCounts} className="px-1" />
                  </button>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
