"use client";
/**
 * One drill, from prepare to close. Where it stands is the server's to say; the address holds what one looks at (`?step=prepare`), so that a
 * reload, another browser and a second person see the same.
 */
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { usePathname, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { environments } from "#lib/domain/backup-state";
import type { DrillPhase } from "#lib/domain/drill-state";
import { getDrillQuery } from "#lib/query/drills";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { EnvironmentBadge } from "../status/environment-badge.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Notice } from "../ui/notice.tsx";
import { CloseStep } from "./close-step.tsx";
import { DrillActions } from "./drill-actions.tsx";
import { DrillEvents } from "./drill-events.tsx";
import { DrillNotices } from "./drill-notices.tsx";
import { currentStep, shownStep } from "./drill-step.ts";
import { DrillSteps } from "./drill-steps.tsx";
import { PlaybookCard } from "./playbook-card.tsx";
import { PrepareStep } from "./prepare-step.tsx";
import { RecoveryClock } from "./recovery-clock.tsx";
import { RestoreStep } from "./restore-step.tsx";
import { ValidateStep } from "./validate-step.tsx";

export function DrillView({ id }: { id: string }) {
  const { data: drill, error, refetch, dataUpdatedAt } = useQuery(getDrillQuery(id));
  if (drill === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return <Drill drill={drill} answeredAt={dataUpdatedAt} isOutOfReach={error !== null} />;
}

/** `isOutOfReach`: what is shown is the last answer, and the newest question failed. */
function Drill({ drill, answeredAt, isOutOfReach }: { drill: DrillDetailDto; answeredAt: number; isOutOfReach: boolean }) {
  const t = useTranslations("drills.wizard");
  const environment = environments.find((each) => each === drill.environment);
  const { step, show } = useStep(drill);
  const heading = useRef<HTMLDivElement>(null);
  const go = (next: DrillPhase): void => {
    show(next);
    heading.current?.focus();
  };
  return (
    <Page>
      <PageHeader
        title={t("title", { source: drill.sourceName })}
        crumbs={[
          { href: "/drills", label: t("drills") },
          { href: `/sources/${drill.sourceId}?tab=drill`, label: drill.sourceName },
        ]}
        badges={
          <>
            {environment === undefined ? null : <EnvironmentBadge environment={environment} />}
            <StatusBadge status={drill.verdict === null ? `drill.${drill.state}` : `verdict.${drill.verdict}`} />
          </>
        }
        description={t(drill.unattended ? "leadUnattended" : "lead", { operator: drill.operatorName })}
        actions={<DrillActions drill={drill} />}
      />
      <p role="status" aria-live="polite" className="sr-only">
        {t(`announce.${drill.state}`)}
      </p>
      {isOutOfReach ? <Notice tone="warn">{t("outOfReach")}</Notice> : null}
      <DrillNotices drill={drill} />
      <DrillSteps drill={drill} shown={step} onShow={go} />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div ref={heading} tabIndex={-1} className="flex min-w-0 flex-col gap-6 outline-none">
          {step === "prepare" ? <PrepareStep drill={drill} /> : null}
          {step === "restore" ? <RestoreStep drill={drill} onClose={() => go("close")} /> : null}
          {step === "validate" ? <ValidateStep drill={drill} onClose={() => go("close")} /> : null}
          {step === "close" ? <CloseStep drill={drill} /> : null}
        </div>
        <div className="flex min-w-0 flex-col gap-6 max-xl:contents">
          {/* Where there is one column, a clock that runs comes before everything else. */}
          <div className={clsx("min-w-0", drill.clock.startedAt !== null && "max-xl:order-first")}>
            <RecoveryClock drill={drill} answeredAt={answeredAt} />
          </div>
          <PlaybookCard playbook={drill.playbook} />
          <DrillEvents drill={drill} />
        </div>
      </div>
    </Page>
  );
}

/** The step that is looked at. When the drill itself moves on, one is taken along. */
function useStep(drill: DrillDetailDto): { step: DrillPhase; show: (step: DrillPhase) => void } {
  const path = usePathname();
  const search = useSearchParams();
  const current = currentStep(drill);
  const last = useRef(current);
  const show = (step: DrillPhase): void => window.history.replaceState(null, "", step === current ? path : `${path}?step=${step}`);
  useEffect(() => {
    if (last.current === current) return;
    last.current = current;
    window.history.replaceState(null, "", path);
  }, [current, path]);
  return { step: shownStep(drill, search.get("step")), show };
}
