"use client";
/** `<DrillTab source />`: how a source is rehearsed: where it stands, the plan, its checks and its playbook. */
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import type { DrillPlanDto } from "#lib/contracts/drill-plans";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { getDrillPlanQuery } from "#lib/query/drill-plans";
import { StartDrill } from "../drills/start-drill.tsx";
import { useCan } from "../shell/me.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { PlanForm } from "./plan-form.tsx";

export function DrillTab({ source }: { source: SourceDetailDto }) {
  const { data: plan, error, refetch } = useQuery(getDrillPlanQuery(source.id));
  if (plan === undefined)
    return <Card flush>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton />}</Card>;
  return (
    <div className="flex max-w-4xl flex-col gap-6">
      <Standing plan={plan} engine={source.engine} />
      <Editor plan={plan} engine={source.engine} />
    </div>
  );
}

/** The form holds the plan as it was when it was opened or saved; what somebody else saved meanwhile is offered, not put over it. */
function Editor({ plan, engine }: { plan: DrillPlanDto; engine: "postgres" | "sqlite" }) {
  const t = useTranslations("drillPlans");
  const [base, setBase] = useState(plan);
  const [isDirty, setIsDirty] = useState(false);
  if (base.version !== plan.version && !isDirty) setBase(plan);
  return (
    <>
      {base.version === plan.version ? null : (
        <Notice
          tone="warn"
          live
          title={t("changedMeanwhile")}
          actions={
            <Button
              size="sm"
              onClick={() => {
                setIsDirty(false);
                setBase(plan);
              }}
            >
              {t("loadTheirs")}
            </Button>
          }
        >
          {t("changedMeanwhileText")}
        </Notice>
      )}
      <PlanForm
        key={base.version}
        plan={base}
        engine={engine}
        onDirty={setIsDirty}
        onSaved={(saved) => {
          setIsDirty(false);
          setBase(saved);
        }}
      />
    </>
  );
}

function Standing({ plan, engine }: { plan: DrillPlanDto; engine: "postgres" | "sqlite" }) {
  const t = useTranslations("drillPlans");
  const can = useCan();
  return (
    <Card
      title={t("standing")}
      actions={
        <>
          <ButtonLink size="sm" variant="ghost" icon={History} href={`/drills?source=${plan.sourceId}`}>
            {t("history")}
          </ButtonLink>
          <StartDrill source={{ id: plan.sourceId, name: plan.sourceName, engine }} variant="primary" />
        </>
      }
    >
      <Facts
        columns={2}
        className="-my-2"
        items={[
          { label: t("due"), value: <StatusBadge status={`due.${plan.due}`} /> },
          {
            label: t("nextDue"),
            value: plan.enabled ? <AbsoluteTime at={plan.nextDueAt} /> : t("off"),
            hint: plan.enabled ? <RelativeTime at={plan.nextDueAt} /> : undefined,
          },
          {
            label: t("lastDrill"),
            value:
              plan.lastDrill === null ? (
                t("never")
              ) : (
                <Link href={`/drills/${plan.lastDrill.id}`} className="inline-flex rounded-full hover:underline">
                  <StatusBadge status={`verdict.${plan.lastDrill.verdict}`} />
                </Link>
              ),
            hint: plan.lastDrill === null ? undefined : <RelativeTime at={plan.lastDrill.closedAt} />,
          },
          { label: t("lastProven"), value: <RelativeTime at={plan.lastProvenAt} never={t("never")} /> },
        ]}
      />
      {plan.proposed ? (
        <Notice className="mt-4" title={t("proposed")}>
          {t(can("drills:plan") ? "proposedText" : "proposedOnly")}
        </Notice>
      ) : null}
    </Card>
  );
}
