import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { SourceView } from "#components/sources/source-view";
import { pageContext } from "#lib/auth/page-session";
import * as backups from "#lib/contracts/backups";
import { listRestorePoints as restorePoints } from "#lib/contracts/restore-points";
import * as contract from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listBackups } from "#lib/services/backups/list";
import { listRestorePoints } from "#lib/services/restore-points/list";
import { getSource } from "#lib/services/sources/get";
import { listSourceTables } from "#lib/services/sources/list-tables";

export async function generateMetadata() {
  const t = await getTranslations("sources");
  return { title: t("title") };
}

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("sources:read");
  const state = await prefetch(
    ask(context, contract.getSource, getSource, { params: { id } }),
    ask(context, contract.listSourceTables, listSourceTables, { params: { id } }),
    askPages(context, backups.listBackups, listBackups, { source: id }),
    ask(context, restorePoints, listRestorePoints, { query: { source: id } }),
  );
  return (
    <HydrationBoundary state={state}>
      <SourceView id={id} />
    </HydrationBoundary>
  );
}
