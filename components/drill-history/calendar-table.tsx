"use client";
/** `<CalendarTable year sources now />`: what the calendar draws, as rows, by source and newest first, with the day on which each is due next. */
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { CalendarSourceDto } from "#lib/contracts/drill-history";
import { StatusBadge } from "../status/status-badge.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { DueMark } from "./due-mark.tsx";

export function CalendarTable({ year, sources, now }: { year: number; sources: readonly CalendarSourceDto[]; now: Date }) {
  const t = useTranslations("drills.calendar");
  return (
    <TableFrame label={t("label", { year: String(year) })} className="relative">
      <thead>
        <tr>
          <Th>{t("source")}</Th>
          <Th>{t("when")}</Th>
          <Th>{t("what")}</Th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <SourceRows key={source.sourceId} source={source} now={now} />
        ))}
      </tbody>
    </TableFrame>
  );
}

function SourceRows({ source, now }: { source: CalendarSourceDto; now: Date }) {
  const t = useTranslations("drills.calendar");
  const drills = source.drills.toSorted((a, b) => b.at.localeCompare(a.at));
  const isPast = source.nextDueAt !== null && Date.parse(source.nextDueAt) < now.getTime();
  const name = (
    <Link href={`/sources/${source.sourceId}?tab=drill`} className="link">
      {source.sourceName}
    </Link>
  );
  return (
    <>
      {source.nextDueAt === null ? null : (
        <tr>
          <Td className="font-medium">{name}</Td>
          <Td className="whitespace-nowrap nums">
            <AbsoluteTime at={source.nextDueAt} />
          </Td>
          <Td>
            <span className="flex items-center gap-2 text-ink-2">
              <DueMark isPast={isPast} />
              {t(isPast ? "legendWasDue" : "legendDue")}
            </span>
          </Td>
        </tr>
      )}
      {drills.map((drill) => (
        <tr key={drill.id}>
          <Td className="font-medium">{name}</Td>
          <Td className="whitespace-nowrap">
            <Link href={`/drills/${drill.id}`} className="link nums">
              <AbsoluteTime at={drill.at} />
            </Link>
          </Td>
          <Td>
            <StatusBadge status={drill.verdict === null ? `drill.${drill.state}` : `verdict.${drill.verdict}`} />
          </Td>
        </tr>
      ))}
      {source.nextDueAt === null && drills.length === 0 ? (
        <tr>
          <Td className="font-medium">{name}</Td>
          <Td colSpan={2} className="text-ink-3">
            {t("nothing")}
          </Td>
        </tr>
      ) : null}
    </>
  );
}
