"use client";
/** The page of one run: how far it is, its phases, its log; afterwards how it ended and where to go. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { isActive } from "#lib/domain/run-state";
import { getRunQuery } from "#lib/query/runs";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { CancelRun } from "./cancel-run.tsx";
import { KindInstead } from "./kind-instead.tsx";
import { PhaseWaterfall } from "./phase-waterfall.tsx";
import { ProgressCard } from "./progress-card.tsx";
import { ResultCard } from "./result-card.tsx";
import { RunFacts } from "./run-facts.tsx";
import { RunLog } from "./run-log.tsx";
import { useRunTitle } from "./run-title.ts";

export function RunView({ id }: { id: string }) {
  const t = useTranslations("runs");
  const shell = useTranslations("shell");
  const titleOf = useRunTitle();
  const can = useCan();
  const { data: run, error, refetch } = useQuery(getRunQuery(id));
  const now = useCurrentTime(1000);
  if (run === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const active = isActive(run.state);
  return (
    <Page>
      <PageHeader
        title={titleOf(run)}
        crumbs={
          run.sourceId === null || run.sourceName === null
            ? [{ href: "/activity", label: shell("activity") }]
            : [{ href: `/sources/${run.sourceId}`, label: run.sourceName }]
        }
        badges={<StatusBadge status={`run.${run.state}`} />}
        description={run.reason === "" ? null : run.reason}
        actions={active && can("runs:cancel") ? <CancelRun run={run} /> : null}
      />
      {active ? <ProgressCard run={run} now={now} /> : <ResultCard run={run} canRestore={can("restores:create")} />}
      {run.type === "backup" && run.state === "succeeded" && run.backupId !== null ? <KindInstead backupId={run.backupId} /> : null}
      {run.warnings.length === 0 ? null : (
        <Notice tone="warn" title={t("warnings")}>
          <ul className="list-disc pl-4">
            {run.warnings.map((warning) => (
              <li key={warning} className="wrap-anywhere whitespace-pre-wrap">
                {warning}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Card title={t("phases")} flush>
            <PhaseWaterfall run={run} now={now} />
          </Card>
          <RunLog runId={run.id} />
        </div>
        <RunFacts run={run} now={now} />
      </div>
    </Page>
  );
}
