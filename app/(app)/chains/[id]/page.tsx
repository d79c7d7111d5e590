import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { ChainView } from "#components/chains/chain-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/chains";
import { ask, prefetch } from "#lib/query/prefetch";
import { getChain } from "#lib/services/chains/get";

export async function generateMetadata() {
  const t = await getTranslations("chains");
  return { title: t("metaTitle") };
}

export default async function ChainPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("backups:read");
  const state = await prefetch(ask(context, contract.getChain, getChain, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <ChainView id={id} />
    </HydrationBoundary>
  );
}
