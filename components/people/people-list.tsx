"use client";
/** Everybody who may sign in, or was asked to: search, state and role live in the address. */
import { Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { userStates, type UserDto } from "#lib/contracts/people";
import { roles } from "#lib/domain/permissions";
import { listUsersPages } from "#lib/query/people";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect, ToolbarSearch } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { useMe } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { peopleListSpec } from "./people-list-spec.tsx";

const column = columnsFor<UserDto>();
const userId = ({ id }: UserDto): string => id;
const userHref = ({ id }: UserDto): string => `/settings/people/${id}`;

export function PeopleList() {
  const t = useTranslations("people");
  const status = useTranslations("status.user");
  const role = useTranslations("shell.roles");
  const me = useMe();
  const list = useListState(peopleListSpec);
  const { after: _after, ...values } = list.values;
  const columns = useMemo(
    () => [
      column.accessor("name", {
        header: t("columns.name"),
        cell: ({ row: { original } }) => (
          <span className="block min-w-0">
            <span className="flex items-center gap-2">
              <span className="min-w-0 truncate">{original.name}</span>
              {original.id === me.id ? <Badge>{t("you")}</Badge> : null}
            </span>
            <span className="block truncate text-xs font-normal text-ink-3">{original.email}</span>
          </span>
        ),
      }),
      column.accessor("role", { header: t("columns.role"), cell: ({ row }) => role(row.original.role) }),
      column.accessor("state", {
        header: t("columns.state"),
        cell: ({ row }) => <StatusBadge status={`user.${row.original.state}`} />,
        meta: { card: "aside" },
      }),
      column.accessor("lastSeenAt", {
        header: t("columns.lastSeen"),
        cell: ({ row }) => <RelativeTime at={row.original.lastSeenAt} never={<span className="text-ink-3">{t("neverSeen")}</span>} />,
      }),
      column.accessor("openSessions", { header: t("columns.sessions"), cell: ({ row }) => row.original.openSessions, meta: { num: true } }),
    ],
    [t, role, me.id],
  );
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={userId}
      rowHref={userHref}
      pages={listUsersPages(values)}
      list={list}
      search={<ToolbarSearch label={t("search")} value={list.values.q} onChange={(q) => list.set({ q })} />}
      filters={
        <>
          <FilterSelect
            label={t("columns.state")}
            value={list.values.state}
            onChange={(state) => list.set({ state })}
            options={userStates.map((value) => ({ value, label: status(value) }))}
          />
          <FilterSelect
            label={t("columns.role")}
            value={list.values.role}
            onChange={(next) => list.set({ role: next })}
            options={roles.map((value) => ({ value, label: role(value) }))}
          />
        </>
      }
      empty={
        <EmptyState icon={Users} title={t("empty")}>
          {t("emptyText")}
        </EmptyState>
      }
    />
  );
}
