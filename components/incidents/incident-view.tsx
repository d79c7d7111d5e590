"use client";
/** One incident: its closing checklist, root cause and timeline; beside them who sees to it and which runs it is about. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { IncidentDetailDto } from "#lib/contracts/incidents";
import { getIncidentQuery } from "#lib/query/incidents";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { ChecklistCard } from "./checklist-card.tsx";
import { IncidentFacts } from "./incident-facts.tsx";
import { IncidentTimeline } from "./incident-timeline.tsx";
import { useIncidentTitle } from "./incident-title.ts";
import { LinkedRuns } from "./linked-runs.tsx";
import { ReopenIncident } from "./reopen-incident.tsx";
import { RenameIncident } from "./rename-incident.tsx";
import { RootCauseCard } from "./root-cause-card.tsx";

export function IncidentView({ id }: { id: string }) {
  const t = useTranslations("incidents");
  const activity = useTranslations("activity");
  const titleOf = useIncidentTitle();
  const can = useCan();
  const { data: incident, error, refetch } = useQuery(getIncidentQuery(id));
  if (incident === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const isOpen = incident.state === "open";
  const canChange = can("incidents:write") && isOpen;
  return (
    <Page>
      <PageHeader
        title={t("name", { number: incident.number, title: titleOf(incident) })}
        crumbs={[
          { href: "/activity", label: activity("title") },
          { href: "/activity/incidents", label: t("title") },
        ]}
        badges={
          <>
            <StatusBadge status={`incident.${incident.state}`} />
            <StatusBadge status={`severity.${incident.severity}`} />
          </>
        }
        description={<WhenAndWho incident={incident} />}
        actions={
          canChange ? <RenameIncident incident={incident} /> : can("incidents:write") ? <ReopenIncident incident={incident} /> : null
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <ChecklistCard incident={incident} canChange={canChange} />
          <RootCauseCard incident={incident} canChange={canChange} />
        </div>
        <div className="flex min-w-0 flex-col gap-6 lg:row-span-2">
          <IncidentFacts incident={incident} canChange={canChange} />
          <LinkedRuns incident={incident} canChange={canChange} />
        </div>
        <IncidentTimeline incident={incident} canChange={canChange} />
      </div>
    </Page>
  );
}

function WhenAndWho({ incident }: { incident: IncidentDetailDto }) {
  const t = useTranslations("incidents.one");
  const { openedAt, openedByName, closedAt, closedByName } = incident;
  return (
    <>
      {t.rich("opened", { age: () => <RelativeTime at={openedAt} />, name: openedByName })}
      {closedAt === null ? null : <> · {t.rich("closed", { age: () => <RelativeTime at={closedAt} />, name: closedByName ?? "" })}</>}
    </>
  );
}
