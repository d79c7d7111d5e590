import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { VerifyPage } from "#components/reports/verify-page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drill-reports";
import { ask, prefetch } from "#lib/query/prefetch";
import { getReportKey } from "#lib/services/reports/keys";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("reports.verify"))("title") };
}

export default async function VerifyReportPage() {
  const context = await pageContext("drills:read");
  const state = await prefetch(ask(context, contract.getReportKey, getReportKey));
  return (
    <HydrationBoundary state={state}>
      <VerifyPage />
    </HydrationBoundary>
  );
}
