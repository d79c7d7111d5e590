"use client";
/** `<PointsTable items gaps />`: what the time line draws, as rows, newest first: points, missed runs and gaps. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { RestorePointDto, RestorePointsDto } from "#lib/contracts/restore-points";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { ReasonText, useReasonText } from "../state/reason.tsx";
import { MeterCompact } from "../status/meter.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { PointSymbol } from "./point-mark.tsx";
import { shapeOf, type TimeLineItem } from "./time-line-model.ts";

type Gap = RestorePointsDto["gaps"][number];
type Line = { readonly at: string; readonly row: ReactNode };

export function PointsTable({ items, gaps }: { items: readonly TimeLineItem[]; gaps: readonly Gap[] }) {
  const t = useTranslations("timeline.table");
  const lines: Line[] = [
    ...items.map((item) => ({
      at: item.at,
      row: item.type === "point" ? <PointRow key={item.id} point={item.point} /> : <MissedRow key={item.id} missed={item.missed} />,
    })),
    ...gaps.map((gap) => ({ at: gap.to ?? "9", row: <GapRow key={`gap-${gap.from}`} gap={gap} /> })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  if (lines.length === 0) return <p className="px-5 py-8 text-center text-sm text-ink-2">{t("none")}</p>;
  return (
    <TableFrame label={t("label")} className="relative">
      <thead>
        <tr>
          <Th>{t("time")}</Th>
          <Th>{t("what")}</Th>
          <Th>{t("proof")}</Th>
          <Th num>{t("packs")}</Th>
          <Th num>{t("stream")}</Th>
          <Th num>{t("stored")}</Th>
          <Th>
            <span className="sr-only">{t("actions")}</span>
          </Th>
        </tr>
      </thead>
      <tbody>{lines.map(({ row }) => row)}</tbody>
    </TableFrame>
  );
}

function PointRow({ point }: { point: RestorePointDto }) {
  const t = useTranslations("timeline");
  const tell = useReasonText();
  const locale = useLocale();
  return (
    <tr className="hover:bg-hover/60">
      <Td className="whitespace-nowrap">
        <Link href={`/backups/${point.backupId}`} className="link font-medium nums">
          <AbsoluteTime at={point.to} seconds />
        </Link>
      </Td>
      <Td>
        <span className="flex items-center gap-2">
          <PointSymbol shape={shapeOf(point)} blocked={point.blocker !== null} />
          {t(`shapes.${shapeOf(point)}`)}
        </span>
        {point.blocker === null ? null : <span className="block min-w-48 text-xs text-bad">{tell(point.blocker).message}</span>}
      </Td>
      <Td>
        <MeterCompact meter={point.meter} />
      </Td>
      <Td num>{point.packs}</Td>
      <Td num className="whitespace-nowrap">
        {formatBytes(point.streamBytes, locale)}
      </Td>
      <Td num className="whitespace-nowrap">
        {formatBytes(point.storedBytes, locale)}
      </Td>
      <Td className="text-right whitespace-nowrap">
        <Link href={`/chains/${point.chainId}`} className="link">
          {t("table.chain")}
        </Link>
      </Td>
    </tr>
  );
}

function MissedRow({ missed }: { missed: RestorePointsDto["missed"][number] }) {
  const t = useTranslations("timeline");
  return (
    <tr className="bg-bad-soft/40">
      <Td className="whitespace-nowrap">
        <Link href={`/runs/${missed.runId}`} className="link font-medium nums">
          <AbsoluteTime at={missed.at} seconds />
        </Link>
      </Td>
      <Td colSpan={6}>
        <span className="flex items-center gap-2">
          <PointSymbol shape="missed" />
          {t(`table.${missed.state}`)}
        </span>
        {missed.error === null ? null : <ReasonText reason={missed.error} />}
      </Td>
    </tr>
  );
}

function GapRow({ gap }: { gap: Gap }) {
  const t = useTranslations("timeline");
  const locale = useLocale();
  return (
    <tr className="bg-warn-soft/60">
      <Td className="whitespace-nowrap text-warn">{t("gap")}</Td>
      <Td colSpan={6} className="text-ink-2">
        {t.rich(gap.to === null ? "table.gapOpen" : "table.gap", {
          time: formatDuration(gap.seconds * 1000, locale),
          from: () => <AbsoluteTime at={gap.from} />,
          to: () => <AbsoluteTime at={gap.to} />,
        })}
      </Td>
    </tr>
  );
}
