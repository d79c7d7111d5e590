import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { compareListQuery } from "#components/drill-history/compare-spec";
import { CompareView } from "#components/drill-history/compare-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drill-history";
import { ask, prefetch } from "#lib/query/prefetch";
import { listDrills } from "#lib/services/drills/history/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("drills.compare"))("title") };
}

export default async function CompareDrillsPage() {
  const context = await pageContext("drills:read");
  const state = await prefetch(ask(context, contract.listDrills, listDrills, { query: compareListQuery }));
  return (
    <HydrationBoundary state={state}>
      <CompareView />
    </HydrationBoundary>
  );
}
