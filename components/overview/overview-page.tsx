"use client";
/** The overview: one sentence, what needs a person, what runs, and a row for each source. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { getOverviewQuery } from "#lib/query/system";
import { listSourcesQuery } from "#lib/query/sources";
import { GuideCard } from "../setup/guide-card.tsx";
import { Page } from "../shell/page.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { Notice } from "../ui/notice.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { RunningNow } from "./running-now.tsx";
import { overviewSourcesQuery } from "./source-limit.tsx";
import { SourceRows } from "./source-rows.tsx";
import { Verdict } from "./verdict.tsx";

export function OverviewPage({ isGuideDismissed }: { isGuideDismissed: boolean }) {
  const t = useTranslations("overview");
  const overview = useQuery(getOverviewQuery());
  const sources = useQuery(listSourcesQuery(overviewSourcesQuery));
  if (overview.data === undefined) {
    return overview.error ? <ErrorState error={overview.error} onRetry={() => void overview.refetch()} /> : <PageSkeleton />;
  }
  const { verdict, needsYou, running, autoBackup } = overview.data;
  return (
    <Page>
      <Verdict verdict={verdict} hasSample={sources.data?.items.some(({ isSample }) => isSample) ?? false} />
      {autoBackup === "disabled" ? <Notice>{t("autoOff")}</Notice> : null}
      <GuideCard isDismissed={isGuideDismissed} />
      <NeedsYou items={needsYou} />
      <RunningNow runs={running} />
      <SourceRows query={sources} autoBackup={autoBackup} />
    </Page>
  );
}
