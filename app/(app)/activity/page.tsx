import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { RunsTable } from "#components/activity/runs-table";
import { Page } from "#components/shell/page";
import { requireActor } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("runs") };
}

export default async function RunsPage() {
  await requireActor("runs:read");
  return (
    <Page>
      <ActivityHeader lead="runsLead" />
      <RunsTable />
    </Page>
  );
}
