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
    const state = await prefetch(ask(context, backups.getBackup, getBackup, { params: { id } }), answeredServers);
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
