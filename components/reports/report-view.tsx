"use client";
/** The report of a closed drill: all that was signed, whether it is untouched, what was added later, and its files. Made to be printed, too. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight, FileX } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReportDetailDto } from "#lib/contracts/drill-reports";
import type { Environment } from "#lib/domain/backup-state";
import { getDrillReportQuery } from "#lib/query/reports";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { EnvironmentBadge } from "../status/environment-badge.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { ReportBackup } from "./report-backup.tsx";
import { ReportChecks } from "./report-checks.tsx";
import { ReportClosing } from "./report-closing.tsx";
import { ReportDownloads } from "./report-downloads.tsx";
import { ReportEvents } from "./report-events.tsx";
import { ReportIntegrity } from "./report-integrity.tsx";
import { ReportNotes } from "./report-notes.tsx";
import { ReportSteps } from "./report-steps.tsx";
import { ReportSummary } from "./report-summary.tsx";
import { ReportTimes } from "./report-times.tsx";
import { ReportVerification } from "./report-verification.tsx";

export function ReportView({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(getDrillReportQuery(id));
  if (data !== undefined) return <Report drillId={id} detail={data} />;
  if (problemOf(error)?.code === "report-not-written") return <NoReport drillId={id} />;
  return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
}

function Report({ drillId, detail }: { drillId: string; detail: ReportDetailDto }) {
  const t = useTranslations("reports.page");
  const shell = useTranslations("shell");
  const { report } = detail.signed;
  return (
    <Page>
      <PageHeader
        title={t("title", { source: report.source.name })}
        crumbs={[
          { href: "/drills", label: shell("drills") },
          { href: `/drills/${drillId}`, label: t("drill", { source: report.source.name }) },
        ]}
        badges={
          <>
            <EnvironmentBadge environment={report.source.environment as Environment} />
            <StatusBadge status={`verdict.${report.verdict}`} />
          </>
        }
        description={t("lead", { number: report.sequence })}
        actions={
          <div className="flex flex-wrap gap-2 print:hidden">
            <ButtonLink icon={ArrowLeftRight} href={`/drills/compare?right=${drillId}`}>
              {t("compare")}
            </ButtonLink>
            <ReportDownloads drillId={drillId} />
          </div>
        }
      />
      <ReportVerification verification={detail.verification} sequence={report.sequence} />
      <ReportSummary report={report} drillId={drillId} />
      <ReportTimes report={report} />
      <ReportChecks checks={report.checks} />
      <ReportBackup report={report} />
      <ReportSteps steps={report.steps} />
      <ReportClosing report={report} />
      <ReportEvents report={report} />
      <ReportIntegrity signed={detail.signed} />
      <ReportNotes drillId={drillId} notes={detail.notes} />
    </Page>
  );
}

function NoReport({ drillId }: { drillId: string }) {
  const t = useTranslations("reports.page");
  const shell = useTranslations("shell");
  return (
    <Page>
      <PageHeader title={t("metaTitle")} crumbs={[{ href: "/drills", label: shell("drills") }]} />
      <EmptyState icon={FileX} title={t("noneTitle")} actions={<ButtonLink href={`/drills/${drillId}`}>{t("toDrill")}</ButtonLink>}>
        {t("noneText")}
      </EmptyState>
    </Page>
  );
}
