import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { AdminsOnly } from "#components/settings/admins-only";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { MakeToken } from "#components/tokens/make-token";
import { TokenList } from "#components/tokens/token-list";
import { tokenListSpec } from "#components/tokens/token-list-spec";
import { pageContext } from "#lib/auth/page-session";
import { listTokens as contract } from "#lib/contracts/tokens";
import { isAllowed } from "#lib/domain/permissions";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listTokens } from "#lib/services/tokens/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tokens"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function TokensPage({ searchParams }: { searchParams: Search }) {
  const [context, t] = await Promise.all([pageContext(), getTranslations("tokens")]);
  if (!isAllowed(context.actor.role, context.actor.scopes, "tokens:manage")) {
    return (
      <Page>
        <SettingsHeader lead={t("lead")} />
        <AdminsOnly what="tokens" />
      </Page>
    );
  }
  const { after: _after, ...values } = readSearchParams(tokenListSpec, await searchParams);
  return (
    <HydrationBoundary state={await prefetch(askPages(context, contract, listTokens, values))}>
      <Page>
        <SettingsHeader lead={t("lead")} actions={<MakeToken />} />
        <TokenList />
      </Page>
    </HydrationBoundary>
  );
}
