import { HydrationBoundary } from "@tanstack/react-query";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { IntegrationsPage } from "#components/integrations/integrations-page";
import { SettingsHeader } from "#components/settings/settings-tabs";
import { Page } from "#components/shell/page";
import { pageContext } from "#lib/auth/page-session";
import * as sources from "#lib/contracts/sources";
import { ask, prefetch } from "#lib/query/prefetch";
import { listSourceNames } from "#lib/services/sources/list-names";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("integrations"))("title") };
}

/** Null where only what runs was installed. */
async function monitoringFile(name: string): Promise<string | null> {
  try {
    return await readFile(join(/* turbopackIgnore: true */ process.cwd(), "docs", "monitoring", name), "utf8");
  } catch {
    return null;
  }
}

export default async function IntegrationsSettingsPage() {
  const [context, t] = await Promise.all([pageContext("sources:read"), getTranslations("integrations")]);
  const [state, dashboard, rules] = await Promise.all([
    prefetch(ask(context, sources.listSourceNames, listSourceNames)),
    monitoringFile("grafana-dashboard.json"),
    monitoringFile("alerts.yml"),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <SettingsHeader lead={t("lead")} />
        <IntegrationsPage files={{ dashboard, rules }} />
      </Page>
    </HydrationBoundary>
  );
}
