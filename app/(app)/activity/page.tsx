import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { runListSpec } from "#components/activity/list-specs";
import { RunsTable } from "#components/activity/runs-table";
import { readSearchParams } from "#components/data-table/list-state";
import { Page } from "#components/shell/page";
import { Prefetched } from "#components/shell/prefetched";
import { pageContext } from "#lib/auth/page-session";
import { listRuns as contract } from "#lib/contracts/runs";
import { listRunsPages } from "#lib/query/runs";
import { listRuns } from "#lib/services/runs/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("runs") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function RunsPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("runs:read");
  const { type, state } = readSearchParams(runListSpec, await searchParams);
  const page = await listRuns(context, { params: {}, query: contract.query.parse({ type, state }), body: {}, ifMatch: null });
  return (
    <Page>
      <ActivityHeader lead="runsLead" />
      <Prefetched answers={[[listRunsPages({ type, state }).queryKey, { pages: [page], pageParams: [null] }]]}>
        <RunsTable />
      </Prefetched>
    </Page>
  );
}
