import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { drillListQuery, drillListSpec } from "#components/drill-history/drill-list-spec";
import { DrillsPage } from "#components/drill-history/drills-page";
import { duePlansQuery } from "#components/drill-history/due-plans-query";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drill-history";
import * as plans from "#lib/contracts/drill-plans";
import * as sources from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listDrills } from "#lib/services/drills/history/list";
import { listDrillPlans } from "#lib/services/drill-plans/list";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("drills.list"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function DrillsIndexPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("drills:read");
  const query = drillListQuery(readSearchParams(drillListSpec, await searchParams), await getTimeZone());
  const state = await prefetch(
    ask(context, plans.listDrillPlans, listDrillPlans, { query: duePlansQuery }),
    askPages(context, contract.listDrills, listDrills, query),
    // The filter asks for the names; only the chosen one has to be there at once.
    ...(query.source === undefined ? [] : [ask(context, sources.listSourceNames, listSourceNames)]),
  );
  return (
    <HydrationBoundary state={state}>
      <DrillsPage />
    </HydrationBoundary>
  );
}
