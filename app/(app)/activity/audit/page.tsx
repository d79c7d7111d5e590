import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { auditQuery } from "#components/activity/audit-range";
import { AuditTable } from "#components/activity/audit-table";
import { ExportAudit } from "#components/activity/export-audit";
import { auditListSpec } from "#components/activity/list-specs";
import { readSearchParams } from "#components/data-table/list-state";
import { Page } from "#components/shell/page";
import { Prefetched } from "#components/shell/prefetched";
import { pageContext } from "#lib/auth/page-session";
import { listAuditEvents as contract } from "#lib/contracts/audit";
import { listAuditEventsPages } from "#lib/query/audit";
import { listAuditEvents } from "#lib/services/audit/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("audit") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function AuditPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("audit:read");
  const [values, timeZone] = await Promise.all([searchParams.then((search) => readSearchParams(auditListSpec, search)), getTimeZone()]);
  const asked = auditQuery(values, context.now().getTime(), timeZone);
  const page = await listAuditEvents(context, { params: {}, query: contract.query.parse(asked), body: {}, ifMatch: null });
  return (
    <Page>
      <ActivityHeader lead="auditLead" actions={<ExportAudit />} />
      <Prefetched answers={[[listAuditEventsPages(asked).queryKey, { pages: [page], pageParams: [null] }]]}>
        <AuditTable />
      </Prefetched>
    </Page>
  );
}
