import { getTranslations } from "next-intl/server";
import { ServerForm } from "#components/servers/server-form";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { requireActor } from "#lib/auth/page-session";

export async function generateMetadata() {
  const t = await getTranslations("servers");
  return { title: t("new.title") };
}

export default async function NewServerPage() {
  await requireActor("servers:write");
  const t = await getTranslations("servers");
  return (
    <Page>
      <PageHeader title={t("new.title")} crumbs={[{ href: "/settings/servers", label: t("title") }]} description={t("new.lead")} />
      <ServerForm />
    </Page>
  );
}
