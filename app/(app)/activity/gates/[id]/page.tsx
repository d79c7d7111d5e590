import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { GateView } from "#components/gates/gate-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/gates";
import { ask, prefetch } from "#lib/query/prefetch";
import { getGate } from "#lib/services/gates/get";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("gates"))("title") };
}

export default async function GatePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("gates:read");
  const state = await prefetch(ask(context, contract.getGate, getGate, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <GateView id={id} />
    </HydrationBoundary>
  );
}
