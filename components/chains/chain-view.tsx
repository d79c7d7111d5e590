"use client";
/** One chain: what it stores and saves, the rail from its full to its last member, what is broken, and what can be done about it. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { ChainDetailDto } from "#lib/contracts/chains";
import { formatBytes } from "#lib/format/bytes";
import { formatCount, formatPercent } from "#lib/format/number";
import { formatDay, formatMinute } from "#lib/format/time";
import { getChainQuery } from "#lib/query/chains";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { rich } from "../ui/rich.tsx";
import { ChainActions } from "./chain-actions.tsx";
import { missingBases, savingsOf } from "./chain-numbers.ts";
import { ChainRail } from "./chain-rail.tsx";

export function ChainView({ id }: { id: string }) {
  const t = useTranslations("chains");
  const sources = useTranslations("sources");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { data: chain, error, refetch } = useQuery(getChainQuery(id));
  if (chain === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return (
    <Page>
      <PageHeader
        title={t("title", { day: formatDay(chain.oldestAt, settings) })}
        crumbs={[
          { href: "/sources", label: sources("title") },
          { href: `/sources/${chain.sourceId}?tab=backups`, label: chain.sourceName },
        ]}
        badges={<StatusBadge status={`chain.${chain.state}`} />}
        description={t("lead", {
          count: chain.members,
          from: formatMinute(chain.oldestAt, settings),
          to: formatMinute(chain.newestAt, settings),
        })}
        actions={<ChainActions chain={chain} />}
      />
      <ChainNotices chain={chain} />
      <ChainFacts chain={chain} />
      <Card title={t("rail.title")} description={t("rail.lead")} flush>
        <ChainRail chain={chain} />
      </Card>
    </Page>
  );
}

function ChainNotices({ chain }: { chain: ChainDetailDto }) {
  const t = useTranslations("chains");
  const good = chain.members - chain.brokenMembers;
  const missing = missingBases(chain.rail);
  return (
    <>
      {chain.brokenMembers === 0 ? null : (
        <Notice tone="bad" title={t("broken.title", { count: chain.brokenMembers, total: chain.members })}>
          <p>{good === 0 ? t("broken.noneLeft") : t("broken.left", { count: good })}</p>
          {missing.length === 0 ? null : (
            <ul className="my-1 list-disc pl-4">
              {missing.map(({ packKey, members }) => (
                <li key={packKey}>{t.rich("broken.missing", { ...rich, key: packKey, count: members.length })}</li>
              ))}
            </ul>
          )}
          <p>{t("broken.next")}</p>
        </Notice>
      )}
      {chain.retiredAt === null ? null : (
        <Notice
          title={t("retired.title")}
          actions={
            chain.supersededById === null ? null : (
              <Link href={`/backups/${chain.supersededById}`} className="link text-[0.8125rem]">
                {t("retired.successor")}
              </Link>
            )
          }
        >
          {t.rich("retired.text", { time: () => <AbsoluteTime at={chain.retiredAt} /> })}
        </Notice>
      )}
    </>
  );
}

function ChainFacts({ chain }: { chain: ChainDetailDto }) {
  const t = useTranslations("chains.facts");
  const locale = useLocale();
  const { streamBytes, storedBytes, savedBytes, savedShare } = savingsOf(chain.rail);
  return (
    <Card>
      <Facts
        columns={2}
        className="-my-2"
        items={[
          { label: t("streamed"), value: formatBytes(streamBytes, locale), hint: t("streamedHint") },
          { label: t("stored"), value: formatBytes(storedBytes, locale), hint: t("storedHint") },
          {
            label: t("saved"),
            value:
              savedBytes === 0
                ? t("savedNone")
                : t("savedText", { size: formatBytes(savedBytes, locale), share: formatPercent(savedShare, locale) }),
            hint: t("savedHint"),
          },
          { label: t("members"), value: formatCount(chain.members, locale) },
          { label: t("verified"), value: <RelativeTime at={chain.lastVerifiedAt} never={t("never")} /> },
          { label: t("segment"), value: formatBytes(chain.averageSegmentBytes, locale), hint: t("segmentHint") },
        ]}
      />
    </Card>
  );
}
