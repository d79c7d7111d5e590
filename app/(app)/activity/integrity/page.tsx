import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { readSearchParams } from "#components/data-table/list-state";
import { Page } from "#components/shell/page";
import { IntegrityPage } from "#components/storage/integrity-page";
import { integrityDays, integritySpec } from "#components/storage/integrity-spec";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/storage";
import { ask, prefetch } from "#lib/query/prefetch";
import { getIntegrity } from "#lib/services/storage/integrity";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("integrity") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function IntegrityRoute({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("backups:read");
  const days = integrityDays(readSearchParams(integritySpec, await searchParams));
  const state = await prefetch(ask(context, contract.getIntegrity, getIntegrity, { query: { days } }));
  return (
    <Page>
      <ActivityHeader lead="integrityLead" />
      <HydrationBoundary state={state}>
        <IntegrityPage />
      </HydrationBoundary>
    </Page>
  );
}
