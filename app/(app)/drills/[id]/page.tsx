import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { DrillView } from "#components/drills/drill-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drills";
import { ask, prefetch } from "#lib/query/prefetch";
import { getDrill } from "#lib/services/drills/get";

export async function generateMetadata() {
  const t = await getTranslations("drills.wizard");
  return { title: t("metaTitle") };
}

export default async function DrillPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("drills:read");
  const state = await prefetch(ask(context, contract.getDrill, getDrill, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <DrillView id={id} />
    </HydrationBoundary>
  );
}
