import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { RestoreWizard } from "#components/restores/restore-wizard";
import { pageContext } from "#lib/auth/page-session";
import * as backups from "#lib/contracts/backups";
import * as servers from "#lib/contracts/servers";
import { ask, prefetch } from "#lib/query/prefetch";
import { getBackup } from "#lib/services/backups/get";
import { listServers } from "#lib/services/servers/list";

export async function generateMetadata() {
  const t = await getTranslations("restores");
  return { title: t("new.title") };
}

/** Restoring begins with a backup; without one the list of backups is the place to pick it. */
export default async function NewRestorePage({ searchParams }: { searchParams: Promise<{ backup?: string | string[] }> }) {
  const { backup: id } = await searchParams;
  const context = await pageContext("restores:create");
  if (typeof id !== "string") redirect("/backups");
  const state = await prefetch(
    ask(context, backups.getBackup, getBackup, { params: { id } }),
    ask(context, servers.listServers, listServers, { query: { limit: 200 } }),
  );
  return (
    <HydrationBoundary state={state}>
      <RestoreWizard backupId={id} />
    </HydrationBoundary>
  );
}
