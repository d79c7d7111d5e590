import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { AddServerLink, ServerList } from "#components/servers/server-list";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/servers";
import { ask, prefetch } from "#lib/query/prefetch";
import { listServers } from "#lib/services/servers/list";

export async function generateMetadata() {
  const t = await getTranslations("servers");
  return { title: t("title") };
}

export default async function ServersPage() {
  const context = await pageContext("servers:read");
  const [t, state] = await Promise.all([
    getTranslations("servers"),
    prefetch(ask(context, contract.listServers, listServers, { query: { limit: 200 } })),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <SettingsHeader lead={t("lead")} actions={<AddServerLink />} />
        <ServerList />
      </Page>
    </HydrationBoundary>
  );
}
