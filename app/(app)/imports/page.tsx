import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { ImportList } from "#components/imports/import-list";
import { NewImportLink } from "#components/imports/new-import-link";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/imports";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listImports } from "#lib/services/imports/list";

export async function generateMetadata() {
  const t = await getTranslations("imports");
  return { title: t("title") };
}

export default async function ImportsPage() {
  const context = await pageContext("backups:read");
  const [t, backups, state] = await Promise.all([
    getTranslations("imports"),
    getTranslations("backups"),
    prefetch(askPages(context, contract.listImports, listImports, {})),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PageHeader
          title={t("title")}
          crumbs={[{ href: "/backups", label: backups("title") }]}
          description={t("lead")}
          actions={<NewImportLink />}
        />
        <ImportList />
      </Page>
    </HydrationBoundary>
  );
}
