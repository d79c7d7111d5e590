import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { importIdIn } from "#components/imports/import-address";
import { NewImport } from "#components/imports/new-import";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/imports";
import { ask, prefetch } from "#lib/query/prefetch";
import { getImport } from "#lib/services/imports/get";

type Search = Promise<Record<string, string | string[] | undefined>>;

export async function generateMetadata() {
  const t = await getTranslations("imports");
  return { title: t("new") };
}

export default async function NewImportPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("backups:import");
  const search = await searchParams;
  const named = search["import"];
  const id = importIdIn({ get: () => (typeof named === "string" ? named : null) });
  const [t, state] = await Promise.all([
    getTranslations("imports"),
    id === null ? undefined : prefetch(ask(context, contract.getImport, getImport, { params: { id } })),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page narrow>
        <PageHeader title={t("new")} crumbs={[{ href: "/imports", label: t("title") }]} description={t("newLead")} />
        <NewImport />
      </Page>
    </HydrationBoundary>
  );
}
