import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { BackupView } from "#components/backups/backup-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/backups";
import { ask, prefetch } from "#lib/query/prefetch";
import { getBackup } from "#lib/services/backups/get";

export async function generateMetadata() {
  const t = await getTranslations("backups");
  return { title: t("metaTitle") };
}

export default async function BackupPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const context = await pageContext("backups:read");
  const state = await prefetch(ask(context, contract.getBackup, getBackup, { params: { id } }));
  return (
    <HydrationBoundary state={state}>
      <BackupView id={id} />
    </HydrationBoundary>
  );
}
