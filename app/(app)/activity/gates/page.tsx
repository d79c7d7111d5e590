import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { readSearchParams } from "#components/data-table/list-state";
import { GateList } from "#components/gates/gate-list";
import { gateListSpec, sourceIdOf } from "#components/gates/gate-list-spec";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/gates";
import * as sources from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listGates } from "#lib/services/gates/list";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("gates"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function GatesPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("gates:read");
  const { state: wanted, source } = readSearchParams(gateListSpec, await searchParams);
  const state = await prefetch(
    askPages(context, contract.listGates, listGates, { state: wanted, source: sourceIdOf(source) }),
    ask(context, sources.listSourceNames, listSourceNames),
  );
  return (
    <Page>
      <ActivityHeader lead="gatesLead" />
      <HydrationBoundary state={state}>
        <GateList />
      </HydrationBoundary>
    </Page>
  );
}
