"use client";
/** `<ProvenSources source />`: when a backup of each source (or of one) was last restored and found equal; the longest ago first. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ProvenSourceDto } from "#lib/contracts/drill-history";
import { provenSourcesPages } from "#lib/query/drill-history";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { eachSourceOnce } from "./each-source-once.ts";
import { SourcesFooter } from "./sources-footer.tsx";

export function ProvenSources({ source }: { source: string | undefined }) {
  const t = useTranslations("drills.trend.proven");
  const pages = useInfiniteQuery({
    ...provenSourcesPages(source),
    placeholderData: keepPreviousData,
  });
  const { data, error, refetch } = pages;
  const first = data?.pages[0];
  if (data === undefined || first === undefined) {
    return (
      <Card title={t("title")}>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={4} />}</Card>
    );
  }
  const sources = eachSourceOnce(data.pages);
  if (sources.length === 0) return null;
  return (
    <Card title={t("title")} description={t("lead")} flush>
      <ul aria-label={t("title")} className="max-h-96 divide-y divide-line/70 overflow-y-auto">
        {sources.map((each) => (
          <Proven key={each.sourceId} source={each} />
        ))}
      </ul>
      <SourcesFooter shown={sources.length} first={first} pages={pages} />
    </Card>
  );
}

function Proven({ source: { sourceId, sourceName, at } }: { source: ProvenSourceDto }) {
  const t = useTranslations("drills.trend.proven");
  return (
    <li className="flex items-center justify-between gap-4 px-4 py-2.5 text-sm sm:px-5">
      <span className="flex min-w-0 items-center gap-2">
        <StatusIcon status={at === null ? "proof.never" : "proof.proven"} named={false} />
        <Link href={`/sources/${sourceId}`} className="min-w-0 wrap-anywhere text-ink hover:underline">
          {sourceName}
        </Link>
      </span>
      {at === null ? <span className="text-ink-3">{t("never")}</span> : <RelativeTime at={at} className="whitespace-nowrap text-ink-2" />}
    </li>
  );
}
