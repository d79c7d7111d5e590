"use client";
/** The server's databases as it tells them now; each picked one becomes a source. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { DatabaseZap, RotateCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import type { ServerDatabaseDto, ServerDto } from "#lib/contracts/servers";
import { createSource } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import { call } from "#lib/http/client";
import { getServerQuery, listServerDatabasesQuery } from "#lib/query/servers";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { SearchInput } from "../ui/input.tsx";
import { toast } from "../ui/toast.tsx";
import { DatabaseRow, type Pick } from "./database-row.tsx";

export function PickDatabases({ serverId }: { serverId: string }) {
  const t = useTranslations("servers");
  const { data: server, error, refetch } = useQuery(getServerQuery(serverId));
  if (server === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null;
  return (
    <Page>
      <PageHeader
        title={t("pick.title")}
        crumbs={[
          { href: "/settings/servers", label: t("title") },
          { href: `/settings/servers/${server.id}`, label: server.name },
        ]}
        description={t("pick.lead")}
      />
      <Databases server={server} />
    </Page>
  );
}

function Databases({ server }: { server: ServerDto }) {
  const t = useTranslations("servers.pick");
  const locale = useLocale();
  const { data, error, refetch, isFetching } = useQuery(listServerDatabasesQuery(server.id));
  const [picks, setPicks] = useState<ReadonlyMap<string, Pick>>(new Map());
  const [q, setQ] = useState("");
  const { submit, pending, problems } = useProtect(server.id, picks, setPicks);
  if (data === undefined) {
    return (
      <Card title={t("asking", { name: server.name })} flush>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={5} />}
      </Card>
    );
  }
  const shown = data.databases.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
  const bytes = data.databases.reduce((sum, { name, sizeBytes }) => sum + (picks.has(name) ? (sizeBytes ?? 0) : 0), 0);
  const pick = (database: ServerDatabaseDto, change: Pick | null): void => {
    const next = new Map(picks);
    if (change === null) next.delete(database.name);
    else next.set(database.name, change);
    setPicks(next);
  };
  return (
    <>
      <Card
        title={t("server", { name: server.name, version: data.serverVersion })}
        flush
        actions={
          <>
            <SearchInput label={t("search")} value={q} onValueChange={setQ} className="w-full sm:w-56" />
            <Button icon={RotateCw} pending={isFetching} onClick={() => void refetch()}>
              {t("again")}
            </Button>
          </>
        }
      >
        {data.databases.length === 0 ? (
          <EmptyState icon={DatabaseZap} title={t("empty.title")}>
            {t("empty.text")}
          </EmptyState>
        ) : shown.length === 0 ? (
          <p className="px-5 py-8 text-center text-sm text-ink-2">{t("noMatch", { q })}</p>
        ) : (
          <ul className="divide-y divide-line/70">
            {shown.map((database) => (
              <DatabaseRow
                key={database.name}
                database={database}
                pick={picks.get(database.name) ?? null}
                problem={problems.get(database.name) ?? null}
                onPick={(change) => pick(database, change)}
              />
            ))}
          </ul>
        )}
      </Card>
      <div className="flex flex-wrap items-center gap-3 border-t border-line bg-canvas py-3 sm:sticky sm:bottom-0">
        <Button variant="primary" disabled={picks.size === 0} pending={pending} onClick={submit}>
          {t("submit", { count: picks.size })}
        </Button>
        {picks.size === 0 || bytes === 0 ? null : (
          <span className="text-[0.8125rem] text-ink-2 nums">{t("selectedSize", { size: formatBytes(bytes, locale) })}</span>
        )}
      </div>
    </>
  );
}

/** Adds one source after the other; what cannot be added stays picked with its reason, what was added is not lost by it. */
function useProtect(serverId: string, picks: ReadonlyMap<string, Pick>, setPicks: (picks: ReadonlyMap<string, Pick>) => void) {
  const t = useTranslations("servers.pick");
  const router = useRouter();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<ReadonlyMap<string, unknown>>(new Map());
  const protect = async (): Promise<void> => {
    setPending(true);
    const failed = new Map<string, unknown>();
    const made: string[] = [];
    for (const [database, { name, environment }] of picks) {
      try {
        const { id } = await call(createSource, { body: { serverId, database, name: name.trim() || database, environment } });
        made.push(id);
      } catch (error) {
        failed.set(database, error);
      }
    }
    await Promise.all(
      ["listSources", "listServers", "getServer", "listServerDatabases", "getOverview"].map((id) =>
        client.invalidateQueries({ queryKey: [id] }),
      ),
    );
    setPending(false);
    setProblems(failed);
    if (failed.size > 0) {
      setPicks(new Map([...picks].filter(([database]) => failed.has(database))));
      toast({ tone: "bad", title: t("partly", { done: made.length, count: picks.size }) });
      return;
    }
    toast({ title: t("done", { count: made.length }) });
    router.push(made.length === 1 ? `/sources/${made[0]}` : "/sources");
  };
  return { submit: () => void protect(), pending, problems };
}
