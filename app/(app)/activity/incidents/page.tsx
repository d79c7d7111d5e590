import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { readSearchParams } from "#components/data-table/list-state";
import { IncidentList } from "#components/incidents/incident-list";
import { incidentListSpec, sourceIdOf } from "#components/incidents/incident-list-spec";
import { OpenIncident } from "#components/incidents/open-incident";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/incidents";
import * as sources from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listIncidents } from "#lib/services/incidents/list";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("incidents") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function IncidentsPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("incidents:read");
  const { state: wanted, severity, source } = readSearchParams(incidentListSpec, await searchParams);
  const state = await prefetch(
    askPages(context, contract.listIncidents, listIncidents, { state: wanted, severity, source: sourceIdOf(source) }),
    ask(context, sources.listSourceNames, listSourceNames),
  );
  return (
    <Page>
      <ActivityHeader lead="incidentsLead" actions={<OpenIncident />} />
      <HydrationBoundary state={state}>
        <IncidentList />
      </HydrationBoundary>
    </Page>
  );
}
