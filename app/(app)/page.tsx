import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cookies } from "next/headers";
import { OverviewPage } from "#components/overview/overview-page";
import { overviewSourcesQuery } from "#components/overview/source-limit";
import { guideCookie } from "#components/setup/guide-queries";
import { Prefetched } from "#components/shell/prefetched";
import { pageContext } from "#lib/auth/page-session";
import { listSources as listSourcesContract } from "#lib/contracts/sources";
import { listSourcesQuery } from "#lib/query/sources";
import { getOverviewQuery } from "#lib/query/system";
import { listSources } from "#lib/services/sources/list";
import { getOverview } from "#lib/services/system/overview";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

export default async function Overview() {
  const context = await pageContext("sources:read");
  const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
  const [jar, overview, sources] = await Promise.all([
    cookies(),
    getOverview(context, nothing),
    listSources(context, { ...nothing, query: listSourcesContract.query.parse(overviewSourcesQuery) }),
  ]);
  return (
    <Prefetched
      answers={[
        [getOverviewQuery().queryKey, overview],
        [listSourcesQuery(overviewSourcesQuery).queryKey, sources],
      ]}
    >
      <OverviewPage isGuideDismissed={jar.get(guideCookie)?.value === "dismissed"} />
    </Prefetched>
  );
}
