"use client";
/** One deployment: may it go on, what happened on the way, who asked. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { GateDto } from "#lib/contracts/gates";
import { isGateOver } from "#lib/domain/gate-state";
import { formatDuration } from "#lib/format/duration";
import { getGateQuery } from "#lib/query/gates";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { CancelGate } from "./cancel-gate.tsx";
import { CommitText } from "./commit-text.tsx";
import { GateTimeline } from "./gate-timeline.tsx";
import { GateVerdict } from "./gate-verdict.tsx";

export function GateView({ id }: { id: string }) {
  const t = useTranslations("gates");
  const activity = useTranslations("activity");
  const can = useCan();
  const { data: gate, error, refetch } = useQuery(getGateQuery(id));
  if (gate === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return (
    <Page>
      <PageHeader
        title={t("name", { source: gate.sourceName })}
        crumbs={[
          { href: "/activity", label: activity("title") },
          { href: "/activity/gates", label: t("title") },
        ]}
        badges={<StatusBadge status={`gate.${gate.state}`} />}
        description={<AbsoluteTime at={gate.startedAt} seconds />}
        actions={!isGateOver(gate.state) && can("gates:create") ? <CancelGate gate={gate} /> : null}
      />
      <GateVerdict gate={gate} />
      <GateTimeline gate={gate} />
      <GateFacts gate={gate} />
    </Page>
  );
}

function GateFacts({ gate }: { gate: GateDto }) {
  const t = useTranslations("gates");
  const locale = useLocale();
  const { startedAt, endedAt } = gate;
  const over = endedAt === null ? null : formatDuration(Date.parse(endedAt) - Date.parse(startedAt), locale);
  return (
    <Card title={t("facts.title")}>
      <Facts
        columns={2}
        className="-my-2"
        items={[
          { label: t("facts.commit"), value: <CommitText commit={gate.commit} /> },
          { label: t("facts.operator"), value: gate.operator === "" ? <span className="text-ink-3">{t("nobody")}</span> : gate.operator },
          {
            label: t("facts.source"),
            value: (
              <Link href={`/sources/${gate.sourceId}`} className="link">
                {gate.sourceName}
              </Link>
            ),
          },
          {
            label: t("facts.check"),
            value:
              gate.command === null ? t(`checkBy.${gate.checker}`) : <code className="font-mono text-[0.8125rem]">{gate.command}</code>,
            hint: gate.command === null ? undefined : t(`checkBy.${gate.checker}`),
          },
          { label: t("facts.asked"), value: gate.createdBy.name },
          { label: t("facts.started"), value: <AbsoluteTime at={startedAt} seconds /> },
          endedAt === null
            ? { label: t("facts.deadline"), value: <AbsoluteTime at={gate.deadlineAt} /> }
            : { label: t("facts.ended"), value: <AbsoluteTime at={endedAt} seconds /> },
          { label: t("facts.took"), value: over },
        ]}
      />
    </Card>
  );
}
