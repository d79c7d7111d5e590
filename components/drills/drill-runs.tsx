"use client";
/** `<DrillRuns drill types />`: the waterfall of each of the drill's runs of these types, the newest first, with how far the one at work is. */
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { isActive } from "#lib/domain/run-state";
import { getRunQuery } from "#lib/query/runs";
import { PhaseWaterfall } from "../runs/phase-waterfall.tsx";
import { ProgressCard } from "../runs/progress-card.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";

export function DrillRuns({ drill, types }: { drill: DrillDetailDto; types: readonly string[] }) {
  const t = useTranslations("drills.wizard.runs");
  const now = useCurrentTime(1000);
  const runs = drill.runs.filter(({ type }) => types.includes(type)).toReversed();
  const active = runs.find(({ state }) => isActive(state));
  return (
    <>
      {active !== undefined && active.type === "drill-restore" ? <LiveProgress runId={active.id} now={now} /> : null}
      {runs.map((run) => (
        <Card
          key={run.id}
          flush
          title={t("title")}
          description={run.startedAt === null ? t("waiting") : t.rich("since", { time: () => <AbsoluteTime at={run.startedAt} seconds /> })}
          actions={
            <>
              <StatusBadge status={`run.${run.state}`} />
              <Link href={`/runs/${run.id}`} className="link text-[0.8125rem]">
                {t("open")}
              </Link>
            </>
          }
        >
          <PhaseWaterfall run={run} now={now} />
        </Card>
      ))}
    </>
  );
}

function LiveProgress({ runId, now }: { runId: string; now: Date }) {
  const { data: run } = useQuery(getRunQuery(runId));
  return run === undefined || !isActive(run.state) ? null : <ProgressCard run={run} now={now} />;
}
