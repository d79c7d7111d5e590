import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { PickDatabases } from "#components/servers/pick-databases";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/servers";
import { ask, prefetch } from "#lib/query/prefetch";
import { getServer } from "#lib/services/servers/get";

export async function generateMetadata() {
  const t = await getTranslations("servers");
  return { title: t("pick.title") };
}

export default async function DatabasesPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("sources:write");
  const state = await prefetch(ask(context, contract.getServer, getServer, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <PickDatabases serverId={id} />
    </HydrationBoundary>
  );
}
