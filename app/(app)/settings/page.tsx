import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { SystemPage } from "#components/settings/system-page";
import { Page } from "#components/shell/page";
import { Prefetched } from "#components/shell/prefetched";
import { pageContext } from "#lib/auth/page-session";
import { getSystemStatusQuery } from "#lib/query/system";
import { getSystemStatus } from "#lib/services/system/status";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("system") };
}

export default async function SystemStatusPage() {
  const context = await pageContext("system:read");
  const [t, status] = await Promise.all([
    getTranslations("settings"),
    getSystemStatus(context, { params: {}, query: {}, body: {}, ifMatch: null }),
  ]);
  return (
    <Page>
      <SettingsHeader lead={t("systemLead")} />
      <Prefetched answers={[[getSystemStatusQuery().queryKey, status]]}>
        <SystemPage />
      </Prefetched>
    </Page>
  );
}
