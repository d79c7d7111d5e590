import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { readSearchParams } from "#components/data-table/list-state";
import { AlertList } from "#components/notifications/alert-list";
import { alertListSpec, idWith } from "#components/notifications/list-specs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/notifications";
import * as sources from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listAlerts } from "#lib/services/notifications/list-alerts";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("alerts") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function AlertsPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("system:read");
  const { state: wanted, code, source } = readSearchParams(alertListSpec, await searchParams);
  const state = await prefetch(
    askPages(context, contract.listAlerts, listAlerts, { state: wanted, code, source: idWith("src", source) }),
    ask(context, sources.listSourceNames, listSourceNames),
  );
  return (
    <Page>
      <ActivityHeader lead="alertsLead" />
      <HydrationBoundary state={state}>
        <AlertList />
      </HydrationBoundary>
    </Page>
  );
}
