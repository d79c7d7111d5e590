"use client";
/** `<ComparedFacts comparison />`: verdicts, times and sizes of two drills, a column each. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { DrillComparisonDto } from "#lib/contracts/drill-history";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatCount } from "#lib/format/number";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

type Side = DrillComparisonDto["left"];

export function ComparedFacts({ comparison: { left, right } }: { comparison: DrillComparisonDto }) {
  const t = useTranslations("drills.compare");
  const kinds = useTranslations("backups.kinds");
  const locale = useLocale();
  const time = (ms: number | null): ReactNode => (ms === null ? null : formatDuration(ms, locale));
  const seconds = (value: number | null): ReactNode => (value === null ? null : formatDuration(value * 1000, locale));
  const rows: readonly { label: string; of: (side: Side) => ReactNode }[] = [
    {
      label: t("verdict"),
      of: ({ drill }) => <StatusBadge status={drill.verdict === null ? `drill.${drill.state}` : `verdict.${drill.verdict}`} />,
    },
    { label: t("recoveryTime"), of: ({ drill }) => time(drill.recoveryMs) },
    { label: t("objective"), of: ({ clock }) => seconds(clock.recoveryTimeSeconds) },
    { label: t("machineTime"), of: ({ clock }) => time(clock.machineMs) },
    { label: t("paused"), of: ({ clock }) => time(clock.pausedMs) },
    { label: t("recoveryPoint"), of: ({ clock }) => seconds(clock.actualRecoveryPointSeconds) },
    {
      label: t("checks"),
      of: ({ drill }) => t("checksOf", { passed: drill.checksPassed, failed: drill.checksFailed, total: drill.checksTotal }),
    },
    { label: t("backup"), of: ({ backup }) => (backup === null ? null : <AbsoluteTime at={backup.snapshotAt} />) },
    {
      label: t("kind"),
      of: ({ backup }) => (backup === null ? null : t("kindOf", { kind: kinds(backup.kind), count: backup.chain.length })),
    },
    { label: t("size"), of: ({ backup }) => (backup === null ? null : formatBytes(backup.streamBytes, locale)) },
    { label: t("tables"), of: ({ backup }) => (backup === null ? null : formatCount(backup.tables, locale)) },
    { label: t("rows"), of: ({ backup }) => (backup === null ? null : formatCount(backup.rows, locale)) },
    { label: t("operator"), of: ({ drill }) => (drill.unattended ? t("unattended") : drill.operatorName) },
  ];
  return (
    <Card title={t("facts")} flush>
      <TableFrame label={t("facts")} className="relative">
        <thead>
          <tr>
            <Th>
              <span className="sr-only">{t("fact")}</span>
            </Th>
            <Head side={left} />
            <Head side={right} />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, of }) => (
            <tr key={label}>
              <th
                scope="row"
                className="border-b border-line/70 px-3 py-2.5 text-left text-[0.8125rem] font-normal text-ink-3 first:pl-4 sm:first:pl-5"
              >
                {label}
              </th>
              <Td className="nums">{of(left) ?? <Dash />}</Td>
              <Td className="nums">{of(right) ?? <Dash />}</Td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </Card>
  );
}

function Head({ side: { drill } }: { side: Side }) {
  return (
    <Th className="h-auto! w-[38%] py-2">
      <Link href={`/drills/${drill.id}`} className="link">
        {drill.sourceName}
      </Link>
      <span className="block font-normal">
        <AbsoluteTime at={drill.startedAt} />
      </span>
    </Th>
  );
}

function Dash() {
  const t = useTranslations("common");
  return (
    <span className="text-ink-3">
      <span aria-hidden>–</span>
      <span className="sr-only">{t("notKnown")}</span>
    </span>
  );
}
