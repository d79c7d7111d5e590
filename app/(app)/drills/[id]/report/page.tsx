import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ReportView } from "#components/reports/report-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drill-reports";
import { ask, prefetch } from "#lib/query/prefetch";
import { getDrillReport } from "#lib/services/reports/get";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("reports.page"))("metaTitle") };
}

export default async function DrillReportPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("drills:read");
  const state = await prefetch(ask(context, contract.getDrillReport, getDrillReport, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <ReportView id={id} />
    </HydrationBoundary>
  );
}
