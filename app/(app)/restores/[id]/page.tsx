import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { RestoreView } from "#components/restores/restore-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/restores";
import { ask, prefetch } from "#lib/query/prefetch";
import { getRestore } from "#lib/services/restores/get";

export async function generateMetadata() {
  const t = await getTranslations("restores");
  return { title: t("title") };
}

export default async function RestorePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("restores:read");
  const state = await prefetch(ask(context, contract.getRestore, getRestore, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <RestoreView id={id} />
    </HydrationBoundary>
  );
}
