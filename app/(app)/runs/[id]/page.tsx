import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { RunView } from "#components/runs/run-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/runs";
import { ask, prefetch } from "#lib/query/prefetch";
import { getRun } from "#lib/services/runs/get";

export async function generateMetadata() {
  const t = await getTranslations("runs");
  return { title: t("title") };
}

export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("runs:read");
  const state = await prefetch(ask(context, contract.getRun, getRun, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <RunView id={id} />
    </HydrationBoundary>
  );
}
