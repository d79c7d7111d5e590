import { getTranslations } from "next-intl/server";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { NewSource } from "#components/sources/new-source";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/servers";
import { listServers } from "#lib/services/servers/list";

export async function generateMetadata() {
  const t = await getTranslations("sources");
  return { title: t("add") };
}

export default async function NewSourcePage() {
  const context = await pageContext("sources:write");
  const query = contract.listServers.query.parse({ limit: 200 });
  const { items } = await listServers(context, { params: {}, query, body: {}, ifMatch: null });
  const t = await getTranslations("sources");
  return (
    <Page narrow>
      <PageHeader title={t("add")} crumbs={[{ href: "/sources", label: t("title") }]} description={t("newLead")} />
      <NewSource servers={items} />
    </Page>
  );
}
