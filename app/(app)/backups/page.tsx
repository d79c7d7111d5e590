import { HydrationBoundary } from "@tanstack/react-query";
import { getTranslations } from "next-intl/server";
import { BackupList } from "#components/backups/backup-list";
import { backupListQuery, backupListSpec } from "#components/backups/backup-list-spec";
import { readSearchParams } from "#components/data-table/list-state";
import { Page } from "#components/shell/page";
import { PageHeader } from "#components/shell/page-header";
import { ButtonLink } from "#components/ui/button";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/backups";
import * as sources from "#lib/contracts/sources";
import { ask, askPages, prefetch } from "#lib/query/prefetch";
import { listBackups } from "#lib/services/backups/list";
import { listSourceNames } from "#lib/services/sources/list-names";

type Search = Promise<Record<string, string | string[] | undefined>>;

export async function generateMetadata() {
  const t = await getTranslations("backups");
  return { title: t("title") };
}

export default async function BackupsPage({ searchParams }: { searchParams: Search }) {
  const values = readSearchParams(backupListSpec, await searchParams);
  const context = await pageContext("backups:read");
  const [t, restores, imports, trash, shell, state] = await Promise.all([
    getTranslations("backups"),
    getTranslations("restores"),
    getTranslations("imports"),
    getTranslations("trash"),
    getTranslations("sources"),
    prefetch(
      askPages(context, contract.listBackups, listBackups, backupListQuery(values)),
      ask(context, sources.listSourceNames, listSourceNames),
    ),
  ]);
  return (
    <HydrationBoundary state={state}>
      <Page>
        <PageHeader
          title={t("title")}
          crumbs={[{ href: "/sources", label: shell("title") }]}
          description={t("lead")}
          actions={
            <>
              <ButtonLink href="/restores">{restores("title")}</ButtonLink>
              <ButtonLink href="/imports">{imports("title")}</ButtonLink>
              <ButtonLink href="/trash">{trash("title")}</ButtonLink>
            </>
          }
        />
        <BackupList />
      </Page>
    </HydrationBoundary>
  );
}
