"use client";
/** One server: its facts, its connection to test and edit, its databases to pick, its end. */
import { useQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ServerDto } from "#lib/contracts/servers";
import { getServerQuery } from "#lib/query/servers";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { DeleteServer } from "./delete-server.tsx";
import { ServerForm } from "./server-form.tsx";

export function ServerView({ id }: { id: string }) {
  const t = useTranslations("servers");
  const can = useCan();
  const { data: server, error, refetch } = useQuery(getServerQuery(id));
  if (server === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return (
    <Page>
      <PageHeader
        title={server.name}
        crumbs={[{ href: "/settings/servers", label: t("title") }]}
        badges={server.isSample ? <Badge>{t("sample")}</Badge> : null}
        description={
          <span className="font-mono text-[0.8125rem]">
            {server.host}:{server.port}
          </span>
        }
        actions={
          <>
            {can("servers:write") ? <DeleteServer server={server} /> : null}
            {can("sources:write") ? (
              <ButtonLink variant="primary" icon={Database} href={`/settings/servers/${server.id}/databases`}>
                {t("edit.databases")}
              </ButtonLink>
            ) : null}
          </>
        }
      />
      {server.lastError === null ? null : (
        <Notice tone="bad">
          <ReasonText reason={server.lastError} />
        </Notice>
      )}
      <ServerFacts server={server} />
      {can("servers:write") ? <ServerForm key={server.version} server={server} /> : null}
    </Page>
  );
}

function ServerFacts({ server }: { server: ServerDto }) {
  const t = useTranslations("servers");
  return (
    <Card className="max-w-3xl">
      <Facts
        columns={2}
        className="-my-2"
        items={[
          {
            label: t("columns.version"),
            value: server.serverVersion === null ? t("versionUnknown") : `PostgreSQL ${server.serverVersion}`,
          },
          { label: t("columns.sources"), value: server.sourceCount },
          { label: t("columns.checked"), value: <RelativeTime at={server.lastCheckedAt} never={t("neverChecked")} /> },
          { label: t("columns.tls"), value: server.tlsMode },
        ]}
      />
    </Card>
  );
}
