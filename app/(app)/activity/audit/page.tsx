import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { AuditTable } from "#components/activity/audit-table";
import { Page } from "#components/shell/page";
import { requireActor } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("audit") };
}

export default async function AuditPage() {
  await requireActor("audit:read");
  return (
    <Page>
      <ActivityHeader lead="auditLead" />
      <AuditTable />
    </Page>
  );
}
