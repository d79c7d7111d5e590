"use client";
/** `<NextRuns next dst timeZone />`: the next starts, there and here, and what clock changes do to them, in sentences. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ScheduleDto } from "#lib/contracts/schedules";
import { formatClock, formatDay, formatMinute } from "#lib/format/time";
import { RelativeTime } from "../ui/relative-time.tsx";
import { weekdayOf } from "./weekday.ts";

type NextRunsProps = Pick<ScheduleDto, "next" | "dst" | "timeZone">;

export function NextRuns({ next, dst, timeZone }: NextRunsProps) {
  const t = useTranslations("schedules.editor");
  const locale = useLocale();
  const own = useTimeZone() ?? "UTC";
  const textOf = (at: string, zone: string): string => `${weekdayOf(at, locale, zone)} ${formatMinute(at, { locale, timeZone: zone })}`;
  const isSame = next.every((at) => textOf(at, timeZone) === textOf(at, own));
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <table aria-label={t("nextFive")} className="w-full border-collapse text-left text-[0.8125rem]">
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="pb-1 pr-4 font-medium">
              {isSame ? t("nextFive") : t("inSchedule", { zone: timeZone })}
            </th>
            {isSame ? null : (
              <th scope="col" className="pb-1 pr-4 font-medium">
                {t("forYou", { zone: own })}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {next.map((at, index) => (
            <tr key={at} className="align-baseline">
              <td className="py-0.5 pr-4 text-ink nums">
                {textOf(at, timeZone)}
                {index === 0 && isSame ? (
                  <span className="text-ink-3">
                    {" · "}
                    <RelativeTime at={at} />
                  </span>
                ) : null}
              </td>
              {isSame ? null : <td className="py-0.5 pr-4 text-ink-2 nums">{textOf(at, own)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <ClockChanges dst={dst} timeZone={timeZone} />
    </div>
  );
}

/** Both directions once each: the next gap and the next repetition say what all others would. */
function ClockChanges({ dst, timeZone }: Pick<NextRunsProps, "dst" | "timeZone">) {
  const t = useTranslations("schedules.dst");
  const settings = { locale: useLocale(), timeZone };
  const told = (["gap", "repeat"] as const).flatMap((change) => dst.find((note) => note.change === change) ?? []);
  if (told.length === 0) return <p className="text-xs text-ink-3">{t("none")}</p>;
  return (
    <ul className="flex flex-col gap-1 text-xs text-ink-2">
      {told.map((note) => (
        <li key={note.at}>
          {t(note.againAt === null ? note.change : "both", {
            day: formatDay(note.startsAt, settings),
            wall: note.wallTime,
            start: formatClock(note.startsAt, settings).slice(0, 5),
          })}
        </li>
      ))}
      {dst.length > told.length ? <li className="text-ink-3">{t("more")}</li> : null}
    </ul>
  );
}
