import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { StoragePage } from "#components/storage/storage-page";
import { pageContext } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("storage") };
}

export default async function StorageRoute() {
  await pageContext("backups:read");
  const t = await getTranslations("settings");
  return (
    <Page>
      <SettingsHeader lead={t("storageLead")} />
      <StoragePage />
    </Page>
  );
}
