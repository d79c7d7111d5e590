import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PersonView } from "#components/people/person-view";
import { AdminsOnly } from "#components/settings/admins-only";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/people";
import { isAllowed } from "#lib/domain/permissions";
import { ask, prefetch } from "#lib/query/prefetch";
import { getUser } from "#lib/services/people/get-user";
import { listUserSessions } from "#lib/services/people/list-user-sessions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("people"))("title") };
}

export default async function PersonPage({ params }: { params: Promise<{ id: string }> }) {
  const [context, { id }, t] = await Promise.all([pageContext(), params, getTranslations("people")]);
  if (isAllowed(context.actor.role, context.actor.scopes, "people:manage")) {
    const state = await prefetch(
      ask(context, contract.getUser, getUser, { params: { id } }),
      ask(context, contract.listUserSessions, listUserSessions, { params: { id } }),
    );
    return (
      <HydrationBoundary state={state}>
        <PersonView id={id} />
      </HydrationBoundary>
    );
  }
  return (
    <Page>
      <SettingsHeader lead={t("lead")} />
      <AdminsOnly what="people" />
    </Page>
  );
}
