import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { NewImportLink } from "#components/imports/new-import-link";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { AddSourceLink } from "#components/sources/add-source-link";
import { SourceList } from "#components/sources/source-list";
import { sourceListSpec } from "#components/sources/source-list-spec";
import { ButtonLink } from "#components/ui/button";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/sources";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listSources } from "#lib/services/sources/list";

type Search = Promise<Record<string, string | string[] | undefined>>;

export async function generateMetadata() {
  const t = await getTranslations("sources");
  return { title: t("title") };
}

export default async function SourcesPage({ searchParams }: { searchParams: Search }) {
  const { after: _after, ...values } = readSearchParams(sourceListSpec, await searchParams);
  const context = await pageContext("sources:read");
  const [t, state] = await Promise.all([
    getTranslations("sources"),
    prefetch(askPages(context, contract.listSources, listSources, values)),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PageHeader
          title={t("title")}
          description={t("lead")}
          actions={
            <>
              <ButtonLink href="/backups">{t("allBackups")}</ButtonLink>
              <NewImportLink primary={false} />
              <AddSourceLink />
            </>
          }
        />
        <SourceList />
      </Page>
    </HydrationBoundary>
  );
}
