import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PoliciesHeader } from "#components/policies/policies-header";
import { ScheduleList } from "#components/schedules/schedule-list";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/schedules";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listSchedules } from "#lib/services/schedules/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("schedules"))("title") };
}

export default async function SchedulesPage() {
  const context = await pageContext("policies:read");
  const state = await prefetch(askPages(context, contract.listSchedules, listSchedules, {}));
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PoliciesHeader of="schedules" />
        <ScheduleList />
      </Page>
    </HydrationBoundary>
  );
}
