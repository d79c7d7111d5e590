import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { RestoreWizard } from "#components/restores/restore-wizard";
import { pageContext } from "#lib/auth/page-session";
import * as backups from "#lib/contracts/backups";
import { listRestorePoints as restorePoints } from "#lib/contracts/restore-points";
import * as servers from "#lib/contracts/servers";
import * as sources from "#lib/contracts/sources";
import { ask, prefetch } from "#lib/query/prefetch";
import { getBackup } from "#lib/services/backups/get";
import type { ServiceContext } from "#lib/services/context";
import { listRestorePoints } from "#lib/services/restore-points/list";
import { listServers } from "#lib/services/servers/list";
import { getSource } from "#lib/services/sources/get";

export async function generateMetadata() {
  const t = await getTranslations("restores");
  return { title: t("new.title") };
}

type Search = Promise<Record<"backup" | "source" | "at", string | string[] | undefined>>;

/** Restoring begins with a backup, or with a source and a date; without either the list of sources is the place to pick one. */
export default async function NewRestorePage({ searchParams }: { searchParams: Search }) {
  const { backup: id, source, at } = await searchParams;
  const context = await pageContext("restores:create");
  const answeredServers = ask(context, servers.listServers, listServers, { query: { limit: 200 } });
  if (typeof id === "string") {
    const state = await prefetchBackup(context, id, answeredServers);
    return (
      <HydrationBoundary state={state}>
        <RestoreWizard point={{ backupId: id }} />
      </HydrationBoundary>
    );
  }
  if (typeof source !== "string" || typeof at !== "string" || Number.isNaN(Date.parse(at))) redirect("/sources");
  const instant = new Date(at).toISOString();
  const state = await prefetch(
    ask(context, restorePoints, listRestorePoints, { query: { source, to: instant } }),
    ask(context, sources.getSource, getSource, { params: { id: source } }),
    answeredServers,
  );
  return (
    <HydrationBoundary state={state}>
      <RestoreWizard point={{ sourceId: source, at: instant }} />
    </HydrationBoundary>
  );
}

/** The backup, and then the source that it tells: into the source's own server one restores first, and no other is to be offered until then. */
async function prefetchBackup(context: ServiceContext, id: string, besides: ReturnType<typeof ask>) {
  const told: { sourceId?: string } = {};
  const askBackup: typeof getBackup = async (asking, input) => {
    const backup = await getBackup(asking, input);
    told.sourceId = backup.sourceId;
    return backup;
  };
  const state = await prefetch(ask(context, backups.getBackup, askBackup, { params: { id } }), besides);
  if (told.sourceId === undefined) return state;
  const ofSource = await prefetch(ask(context, sources.getSource, getSource, { params: { id: told.sourceId } }));
  return { ...state, queries: [...state.queries, ...ofSource.queries] };
}
