import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { Page } from "#components/shell/page";
import { IntegrityPage } from "#components/storage/integrity-page";
import { pageContext } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("integrity") };
}

export default async function IntegrityRoute() {
  await pageContext("backups:read");
  return (
    <Page>
      <ActivityHeader lead="integrityLead" />
      <IntegrityPage />
    </Page>
  );
}
