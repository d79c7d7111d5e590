import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LimitsCard } from "#components/policies/limits-card";
import { PoliciesHeader } from "#components/policies/policies-header";
import { PolicyList } from "#components/policies/policy-list";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/policies";
import * as schedules from "#lib/contracts/schedules";
import { ask, prefetch } from "#lib/query/prefetch";
import { listPolicies } from "#lib/services/policies/list";
import { getSchedulingSettings } from "#lib/services/schedules/settings";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("policies"))("title") };
}

export default async function PoliciesPage() {
  const context = await pageContext("policies:read");
  const state = await prefetch(
    ask(context, contract.listPolicies, listPolicies, { query: { limit: 200 } }),
    ask(context, schedules.getSchedulingSettings, getSchedulingSettings),
  );
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PoliciesHeader of="retention" />
        <PolicyList />
        <LimitsCard />
      </Page>
    </HydrationBoundary>
  );
}
