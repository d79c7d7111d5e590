import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { Guide } from "#components/setup/guide";
import { guideQueries } from "#components/setup/guide-queries";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { pageContext } from "#lib/auth/page-session";
import { listServers as listServersContract } from "#lib/contracts/servers";
import { listSources as listSourcesContract } from "#lib/contracts/sources";
import { isAllowed } from "#lib/domain/permissions";
import { ask, prefetch } from "#lib/query/prefetch";
import { listServers } from "#lib/services/servers/list";
import { listSources } from "#lib/services/sources/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("setup.guide"))("title") };
}

/** First run, which can be left and taken up at any time. There is nothing in it for those who may not change anything. */
export default async function StartPage() {
  const context = await pageContext();
  if (!isAllowed(context.actor.role, context.actor.scopes, "servers:write")) redirect("/");
  const [t, state] = await Promise.all([
    getTranslations("setup.guide"),
    prefetch(
      ask(context, listServersContract, listServers, { query: guideQueries.servers }),
      ask(context, listSourcesContract, listSources, { query: guideQueries.sources }),
    ),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PageHeader title={t("title")} description={t("lead")} />
        <Guide />
      </Page>
    </HydrationBoundary>
  );
}
