"use client";
/** Every API token with what it may do, who made it and when and from where it was last used; never its value. */
import { KeyRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { tokenStates, type ApiTokenDto } from "#lib/contracts/tokens";
import { listTokensPages } from "#lib/query/tokens";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect, ToolbarSearch } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { RevokeToken } from "./revoke-token.tsx";
import { tokenListSpec } from "./token-list-spec.tsx";

const column = columnsFor<ApiTokenDto>();
const tokenId = ({ id }: ApiTokenDto): string => id;

export function TokenList() {
  const t = useTranslations("tokens");
  const status = useTranslations("status.token");
  const list = useListState(tokenListSpec);
  const { after: _after, ...values } = list.values;
  const columns = useMemo(
    () => [
      column.accessor("name", { header: t("columns.name"), cell: ({ row }) => <TokenName token={row.original} /> }),
      column.display({
        id: "may",
        header: t("columns.may"),
        cell: ({ row }) => <TokenGrant token={row.original} />,
        meta: { card: "wide" },
      }),
      column.accessor("state", {
        header: t("columns.state"),
        cell: ({ row }) => <TokenState token={row.original} />,
        meta: { card: "aside" },
      }),
      column.accessor("createdAt", {
        header: t("columns.made"),
        cell: ({ row }) => <TokenMaker token={row.original} />,
        meta: { from: "lg" },
      }),
      column.accessor("expiresAt", { header: t("columns.expires"), cell: ({ row }) => <TokenEnd token={row.original} /> }),
      column.accessor("lastUsedAt", { header: t("columns.lastUsed"), cell: ({ row }) => <TokenUsed token={row.original} /> }),
      column.display({
        id: "revoke",
        header: () => <span className="sr-only">{t("revoke.button")}</span>,
        cell: ({ row }) => (row.original.state === "revoked" ? null : <RevokeToken token={row.original} />),
        meta: { card: "wide", className: "sm:text-right" },
      }),
    ],
    [t],
  );
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={tokenId}
      pages={listTokensPages(values)}
      list={list}
      search={<ToolbarSearch label={t("search")} value={list.values.q} onChange={(q) => list.set({ q })} />}
      filters={
        <FilterSelect
          label={t("columns.state")}
          value={list.values.state}
          onChange={(state) => list.set({ state })}
          options={tokenStates.map((value) => ({ value, label: status(value) }))}
        />
      }
      empty={
        <EmptyState icon={KeyRound} title={t("empty")}>
          {t("emptyText")}
        </EmptyState>
      }
    />
  );
}

function TokenName({ token }: { token: ApiTokenDto }) {
  return (
    <span className="block min-w-0">
      <span className="block truncate font-medium">{token.name}</span>
      {token.hint === "" ? null : <code className="font-mono text-xs text-ink-3">{token.hint}…</code>}
    </span>
  );
}

/** A token that stopped says by whose fate. */
function TokenState({ token: { state, createdBy } }: { token: ApiTokenDto }) {
  const t = useTranslations("tokens");
  return (
    <span className="block">
      <StatusBadge status={`token.${state}`} />
      {state === "stopped" ? (
        <span className="mt-0.5 block text-xs text-ink-3">{t("stoppedWith", { name: createdBy?.name ?? "" })}</span>
      ) : null}
    </span>
  );
}

/** The role, and how far scopes narrow it: each of them on hover and for a screen reader. */
function TokenGrant({ token: { role, scopes } }: { token: ApiTokenDto }) {
  const t = useTranslations("tokens");
  const roles = useTranslations("shell.roles");
  return (
    <span className="block min-w-0">
      <span className="block">{roles(role)}</span>
      <span className="block max-w-64 text-xs text-ink-3 sm:truncate" title={scopes?.join(", ")}>
        {scopes === null ? t("everything") : scopes.length <= 2 ? scopes.join(", ") : t("scopes", { count: scopes.length })}
        {scopes !== null && scopes.length > 2 ? <span className="sr-only">: {scopes.join(", ")}</span> : null}
      </span>
    </span>
  );
}

function TokenMaker({ token }: { token: ApiTokenDto }) {
  const t = useTranslations("tokens");
  return (
    <span className="block min-w-0 max-sm:text-right">
      <RelativeTime at={token.createdAt} className="whitespace-nowrap" />
      <span className="block text-xs text-ink-3">{token.createdBy?.name ?? t("byStart")}</span>
    </span>
  );
}

function TokenEnd({ token }: { token: ApiTokenDto }) {
  const t = useTranslations("tokens");
  if (token.revokedAt !== null)
    return <span className="text-ink-3">{t.rich("revokedAt", { time: () => <RelativeTime at={token.revokedAt} /> })}</span>;
  return token.expiresAt === null ? <span className="text-ink-3">{t("never")}</span> : <AbsoluteTime at={token.expiresAt} />;
}

function TokenUsed({ token }: { token: ApiTokenDto }) {
  const t = useTranslations("tokens");
  return (
    <span className="block min-w-0 max-sm:text-right">
      <RelativeTime at={token.lastUsedAt} className="whitespace-nowrap" never={<span className="text-ink-3">{t("neverUsed")}</span>} />
      {token.lastUsedAddress === null ? null : <code className="block font-mono text-xs text-ink-3">{token.lastUsedAddress}</code>}
    </span>
  );
}
