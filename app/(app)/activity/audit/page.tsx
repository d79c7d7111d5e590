import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityHeader } from "#components/activity/activity-header";
import { AuditTable } from "#components/activity/audit-table";
import { auditFrom, auditListSpec } from "#components/activity/list-specs";
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
  const { q, action, target, since } = readSearchParams(auditListSpec, await searchParams);
  const asked = {
    q: q?.slice(0, 200),
    action: action?.slice(0, 100),
    target: target?.slice(0, 100),
    from: auditFrom(since, context.now().getTime()),
  };
  const page = await listAuditEvents(context, { params: {}, query: contract.query.parse(asked), body: {}, ifMatch: null });
  return (
    <Page>
      <ActivityHeader lead="auditLead" />
      <Prefetched
        answers={[[listAuditEventsPages({ q, action, target, from: asked.from }).queryKey, { pages: [page], pageParams: [null] }]]}
      >
        <AuditTable />
      </Prefetched>
    </Page>
  );
}
