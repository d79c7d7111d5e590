import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { ServerChoice } from "#components/servers/server-choice";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/servers";
import { listServers } from "#lib/services/servers/list";

export async function generateMetadata() {
  const t = await getTranslations("sources");
  return { title: t("add") };
}

/** A source begins with a server: with none it is added first, with one its databases are shown at once. */
export default async function NewSourcePage() {
  const context = await pageContext("sources:write");
  const query = contract.listServers.query.parse({ limit: 200 });
  const { items } = await listServers(context, { params: {}, query, body: {}, ifMatch: null });
  const [only] = items;
  if (only === undefined) redirect("/settings/servers/new");
  if (items.length === 1) redirect(`/settings/servers/${only.id}/databases`);
  const t = await getTranslations("sources");
  return (
    <Page narrow>
      <PageHeader title={t("add")} crumbs={[{ href: "/sources", label: t("title") }]} description={t("chooseServer")} />
      <ServerChoice servers={items} />
    </Page>
  );
}
