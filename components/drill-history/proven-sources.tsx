"use client";
/** `<ProvenSources proven />`: when a backup of each source was last restored and found equal; the longest ago first. */
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { DrillTrendDto } from "#lib/contracts/drill-history";
import { StatusIcon } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

export function ProvenSources({ proven }: { proven: DrillTrendDto["proven"] }) {
  const t = useTranslations("drills.trend.proven");
  const oldestFirst = proven.toSorted((a, b) => (a.at ?? "").localeCompare(b.at ?? "") || a.sourceName.localeCompare(b.sourceName));
  if (oldestFirst.length === 0) return null;
  return (
    <Card title={t("title")} description={t("lead")} flush>
      <ul className="max-h-96 divide-y divide-line/70 overflow-y-auto">
        {oldestFirst.map(({ sourceId, sourceName, at }) => (
          <li key={sourceId} className="flex items-center justify-between gap-4 px-4 py-2.5 text-sm sm:px-5">
            <span className="flex min-w-0 items-center gap-2">
              <StatusIcon status={at === null ? "proof.never" : "proof.proven"} named={false} />
              <Link href={`/sources/${sourceId}`} className="min-w-0 wrap-anywhere text-ink hover:underline">
                {sourceName}
              </Link>
            </span>
            {at === null ? (
              <span className="text-ink-3">{t("never")}</span>
            ) : (
              <RelativeTime at={at} className="whitespace-nowrap text-ink-2" />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
