import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { IncidentView } from "#components/incidents/incident-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/incidents";
import { ask, prefetch } from "#lib/query/prefetch";
import { getIncident } from "#lib/services/incidents/get";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("incidents"))("title") };
}

export default async function IncidentPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("incidents:read");
  const state = await prefetch(ask(context, contract.getIncident, getIncident, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <IncidentView id={id} />
    </HydrationBoundary>
  );
}
