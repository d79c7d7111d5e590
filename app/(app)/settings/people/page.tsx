import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { InvitePerson } from "#components/people/invite-person";
import { PeopleList } from "#components/people/people-list";
import { peopleListSpec } from "#components/people/people-list-spec";
import { AdminsOnly } from "#components/settings/admins-only";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import { listUsers as contract } from "#lib/contracts/people";
import { isAllowed } from "#lib/domain/permissions";
import { askPages, prefetch } from "#lib/query/prefetch";
import { listUsers } from "#lib/services/people/list-users";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("people"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function PeoplePage({ searchParams }: { searchParams: Search }) {
  const [context, t] = await Promise.all([pageContext(), getTranslations("people")]);
  if (!isAllowed(context.actor.role, context.actor.scopes, "people:manage")) {
    return (
      <Page>
        <SettingsHeader lead={t("lead")} />
        <AdminsOnly what="people" />
      </Page>
    );
  }
  const { after: _after, ...values } = readSearchParams(peopleListSpec, await searchParams);
  return (
    <HydrationBoundary state={await prefetch(askPages(context, contract, listUsers, values))}>
      <Page>
        <SettingsHeader lead={t("lead")} actions={<InvitePerson />} />
        <PeopleList />
      </Page>
    </HydrationBoundary>
  );
}
