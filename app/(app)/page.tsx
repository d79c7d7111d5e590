import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cookies } from "next/headers";
import { OverviewPage } from "#components/overview/overview-page";
import { overviewSourcesQuery } from "#components/overview/source-limit";
import { guideCookie, guideQueries } from "#components/setup/guide-queries";
import { isFirstRunOver } from "#components/setup/guide-state";
import { Prefetched } from "#components/shell/prefetched";
import { pageContext } from "#lib/auth/page-session";
import { listServers as listServersContract } from "#lib/contracts/servers";
import { listSources as listSourcesContract } from "#lib/contracts/sources";
import { isAllowed } from "#lib/domain/permissions";
import { listServersQuery } from "#lib/query/servers";
import { listSourcesQuery } from "#lib/query/sources";
import { getOverviewQuery } from "#lib/query/system";
import type { ServiceContext } from "#lib/services/context";
import { listServers } from "#lib/services/servers/list";
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
  const isGuideDismissed = jar.get(guideCookie)?.value === "dismissed";
  const { role, scopes } = context.actor;
  const hasGuide = !isGuideDismissed && isAllowed(role, scopes, "servers:write") && !isFirstRunOver(sources);
  return (
    <Prefetched
      answers={[
        [getOverviewQuery().queryKey, overview],
        [listSourcesQuery(overviewSourcesQuery).queryKey, sources],
        ...(hasGuide ? await guideAnswers(context) : []),
      ]}
    >
      <OverviewPage isGuideDismissed={isGuideDismissed} />
    </Prefetched>
  );
}

/** What the guide's card asks beside the sources, so that it does not push the page down once it knows. */
async function guideAnswers(context: ServiceContext) {
  const nothing = { params: {}, body: {}, ifMatch: null };
  const { servers } = guideQueries;
  const knownServers = await listServers(context, { ...nothing, query: listServersContract.query.parse(servers) });
  return [[listServersQuery(servers).queryKey, knownServers]] as const;
}
