"use client";
/** All servers with what the last check found. */
import { useQuery } from "@tanstack/react-query";
import { Plus, Server } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { ServerDto } from "#lib/contracts/servers";
import { listServersQuery } from "#lib/query/servers";
import { columnsFor, DataTable, type Column } from "../data-table/data-table.tsx";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

export function ServerList() {
  const t = useTranslations("servers");
  const can = useCan();
  const query = useQuery(listServersQuery({ limit: 200 }));
  const columns = useColumns();
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      rows={query.data?.items}
      rowId={rowId}
      rowHref={rowHref}
      query={query}
      empty={
        <EmptyState icon={Server} title={t("empty.title")} actions={can("servers:write") ? <AddServerLink /> : null}>
          {can("servers:write") ? t("empty.text") : t("empty.viewer")}
        </EmptyState>
      }
    />
  );
}

export function AddServerLink() {
  const t = useTranslations("servers");
  const can = useCan();
  return can("servers:write") ? (
    <ButtonLink variant="primary" icon={Plus} href="/settings/servers/new">
      {t("add")}
    </ButtonLink>
  ) : null;
}

const rowId = ({ id }: ServerDto): string => id;
const rowHref = ({ id }: ServerDto): string => `/settings/servers/${id}`;

function useColumns(): readonly Column<ServerDto>[] {
  const t = useTranslations("servers");
  return useMemo(() => {
    const column = columnsFor<ServerDto>();
    return [
      column.accessor("name", {
        header: t("columns.name"),
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="flex items-center gap-2">
              <span className="truncate">{original.name}</span>
              {original.isSample ? <Badge>{t("sample")}</Badge> : null}
            </span>
            <span className="block truncate font-mono text-xs font-normal text-ink-3">
              {original.host}:{original.port}
            </span>
          </span>
        ),
      }),
      column.accessor("serverVersion", {
        header: t("columns.version"),
        meta: { className: "nums" },
        cell: ({ row: { original } }) => original.serverVersion ?? <span className="text-ink-3">{t("versionUnknown")}</span>,
      }),
      column.accessor("tlsMode", {
        header: t("columns.tls"),
        meta: { from: "lg" },
        cell: ({ row: { original } }) => <span className="font-mono text-[0.8125rem]">{original.tlsMode}</span>,
      }),
      column.accessor("sourceCount", { header: t("columns.sources"), meta: { num: true }, cell: ({ getValue }) => getValue() }),
      column.accessor("lastCheckedAt", {
        header: t("columns.checked"),
        cell: ({ row: { original } }) => <LastCheck server={original} />,
      }),
    ] as const satisfies readonly Column<ServerDto>[];
  }, [t]);
}

function LastCheck({ server }: { server: ServerDto }) {
  const t = useTranslations("servers");
  const tell = useReasonText();
  if (server.lastError !== null) {
    return (
      <Badge tone="bad" title={tell(server.lastError).message}>
        {tell(server.lastError).message}
      </Badge>
    );
  }
  return <RelativeTime at={server.lastCheckedAt} never={<span className="text-ink-3">{t("neverChecked")}</span>} />;
}
