import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ChannelView } from "#components/notifications/channel-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/notifications";
import { ask, prefetch } from "#lib/query/prefetch";
import { getChannel } from "#lib/services/notifications/get-channel";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("title") };
}

export default async function ChannelPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("notifications:manage");
  const state = await prefetch(ask(context, contract.getChannel, getChannel, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <ChannelView id={id} />
    </HydrationBoundary>
  );
}
