import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MySessions } from "#components/settings/my-sessions";
import { PasswordCard } from "#components/settings/password-card";
import { ProfileForm } from "#components/settings/profile-form";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import { listMySessions as contract } from "#lib/contracts/people";
import { ask, prefetch } from "#lib/query/prefetch";
import { listMySessions } from "#lib/services/people/list-my-sessions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("profile") };
}

export default async function ProfilePage() {
  const context = await pageContext("profile:edit");
  const [t, state] = await Promise.all([getTranslations("settings"), prefetch(ask(context, contract, listMySessions))]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <SettingsHeader lead={t("profileLead")} />
        <ProfileForm>
          <PasswordCard />
          <MySessions />
        </ProfileForm>
      </Page>
    </HydrationBoundary>
  );
}
