import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { AddChannelLink, ChannelList } from "#components/notifications/channel-list";
import { DeliveryLog } from "#components/notifications/delivery-log";
import { deliveryListSpec, idWith } from "#components/notifications/list-specs";
import { AdminsOnly } from "#components/settings/admins-only";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/notifications";
import * as sources from "#lib/contracts/sources";
import { isAllowed } from "#lib/domain/permissions";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listChannels } from "#lib/services/notifications/list-channels";
import { listDeliveries } from "#lib/services/notifications/list-deliveries";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function NotificationsPage({ searchParams }: { searchParams: Search }) {
  const [context, t] = await Promise.all([pageContext(), getTranslations("notifications")]);
  if (!isAllowed(context.actor.role, context.actor.scopes, "notifications:manage")) {
    return (
      <Page>
        <SettingsHeader lead={t("lead")} />
        <AdminsOnly what="notifications" />
      </Page>
    );
  }
  const { channel, state: wanted, kind, source } = readSearchParams(deliveryListSpec, await searchParams);
  const filter = { channel: idWith("ntc", channel), state: wanted, kind, source: idWith("src", source) };
  const state = await prefetch(
    ask(context, contract.listChannels, listChannels, { query: { limit: 200 } }),
    askPages(context, contract.listDeliveries, listDeliveries, filter),
    ask(context, sources.listSourceNames, listSourceNames),
  );
  return (
    <HydrationBoundary state={state}>
      <Page>
        <SettingsHeader lead={t("lead")} actions={<AddChannelLink />} />
        <ChannelList />
        <DeliveryLog />
      </Page>
    </HydrationBoundary>
  );
}
