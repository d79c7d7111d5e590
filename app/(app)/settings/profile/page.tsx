import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ProfileForm } from "#components/settings/profile-form";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { requireActor } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("profile") };
}

export default async function ProfilePage() {
  await requireActor("profile:edit");
  const t = await getTranslations("settings");
  return (
    <Page>
      <SettingsHeader lead={t("profileLead")} />
      <ProfileForm />
    </Page>
  );
}
