import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { TrashList } from "#components/trash/trash-list";
import { trashQueryOf, trashSpec } from "#components/trash/trash-list-spec";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/policies";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listTrash } from "#lib/services/policies/list-trash";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("trash"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function TrashPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("backups:read");
  const values = readSearchParams(trashSpec, await searchParams);
  const [t, backups, state] = await Promise.all([
    getTranslations("trash"),
    getTranslations("backups"),
    prefetch(askPages(context, contract.listTrash, listTrash, trashQueryOf(values.source))),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PageHeader title={t("title")} crumbs={[{ href: "/backups", label: backups("title") }]} description={t("lead")} />
        <TrashList />
      </Page>
    </HydrationBoundary>
  );
}
