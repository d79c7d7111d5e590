import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { sourceIdOf } from "#components/drill-history/drill-list-spec";
import { recoverySpec } from "#components/drill-history/recovery-spec";
import { RecoveryView } from "#components/drill-history/recovery-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drill-history";
import * as sources from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listProvenSources } from "#lib/services/drills/history/proven";
import { drillTrend } from "#lib/services/drills/history/trend";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("drills.trend"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function RecoveryTimesPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("drills:read");
  const source = sourceIdOf(readSearchParams(recoverySpec, await searchParams).source);
  const state = await prefetch(
    ask(context, contract.drillTrend, drillTrend, { query: source === undefined ? {} : { source } }),
    askPages(context, contract.listProvenSources, listProvenSources, { source }),
    // The filter asks for the names; only the chosen one has to be there at once.
    ...(source === undefined ? [] : [ask(context, sources.listSourceNames, listSourceNames)]),
  );
  return (
    <HydrationBoundary state={state}>
      <RecoveryView />
    </HydrationBoundary>
  );
}
