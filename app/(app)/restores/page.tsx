import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { RestoreList } from "#components/restores/restore-list";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/restores";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listRestores } from "#lib/services/restores/list";

export async function generateMetadata() {
  const t = await getTranslations("restores");
  return { title: t("title") };
}

export default async function RestoresPage() {
  const context = await pageContext("restores:read");
  const [t, sources, state] = await Promise.all([
    getTranslations("restores"),
    getTranslations("sources"),
    prefetch(askPages(context, contract.listRestores, listRestores, {})),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PageHeader title={t("title")} crumbs={[{ href: "/sources", label: sources("title") }]} description={t("lead")} />
        <RestoreList />
      </Page>
    </HydrationBoundary>
  );
}
