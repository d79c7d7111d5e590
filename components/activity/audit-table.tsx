"use client";
/** The audit log, newest first; a row opens what changed. Filters are in the address. */
import { Bot, ChevronDown, KeyRound, ScrollText, User } from "lucide-react";
import { useTimeZone, useTranslations } from "next-intl";
import { createContext, use, useMemo, useState } from "react";
import type { AuditEventDto } from "#lib/contracts/audit";
import { listAuditEventsPages } from "#lib/query/audit";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { ToolbarSearch } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { usePolicyName } from "../policies/policy-name.ts";
import { EmptyState } from "../state/empty-state.tsx";
import { IconButton } from "../ui/button.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { knownAuditAction } from "./audit-actions.ts";
import { AuditDetail } from "./audit-detail.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import { auditQuery } from "./audit-range.tsx";
import { auditListSpec } from "./list-specs.tsx";

const column = columnsFor<AuditEventDto>();
const eventId = (event: AuditEventDto): string => event.id;
/** Which row is open: a context, so that opening one does not make the columns anew and lose the focus. */
const OpenRow = createContext<{ id: string | null; set: (id: string | null) => void }>({ id: null, set: () => undefined });

const icons = { user: User, token: KeyRound, system: Bot } as const;

export function AuditTable() {
  const t = useTranslations("activity");
  const timeZone = useTimeZone() ?? "UTC";
  const list = useListState(auditListSpec);
  const { values } = list;
  const query = auditQuery(values, useCurrentTime(60_000).getTime(), timeZone);
  const [openId, setOpenId] = useState<string | null>(null);
  const open = useMemo(() => ({ id: openId, set: setOpenId }), [openId]);
  const columns = useMemo(
    () => [
      column.accessor("at", {
        header: t("event.at"),
        cell: ({ row }) => <AbsoluteTime at={row.original.at} seconds className="whitespace-nowrap nums" />,
      }),
      column.display({ id: "actor", header: t("event.actor"), cell: ({ row }) => <ActorName event={row.original} /> }),
      column.accessor("action", { header: t("event.action"), cell: ({ row }) => <ActionName code={row.original.action} /> }),
      column.accessor("targetName", {
        header: t("event.target"),
        cell: ({ row }) => <TargetName event={row.original} />,
      }),
      column.accessor("address", {
        header: t("event.address"),
        cell: ({ row }) => <span className="font-mono text-xs text-ink-2">{row.original.address ?? "–"}</span>,
        meta: { from: "lg" },
      }),
      column.display({
        id: "open",
        header: () => <span className="sr-only">{t("changes")}</span>,
        cell: ({ row }) => <OpenButton id={row.original.id} />,
        meta: { card: "aside", className: "sm:w-12 sm:text-right" },
      }),
    ],
    [t],
  );
  return (
    <OpenRow value={open}>
      <ListTable
        label={t("audit")}
        columns={columns}
        rowId={eventId}
        pages={listAuditEventsPages(query)}
        list={list}
        renderDetail={(event) => (event.id === openId ? <AuditDetail event={event} /> : null)}
        search={<ToolbarSearch label={t("search")} value={values.q} onChange={(q) => list.set({ q })} />}
        filters={<AuditFilters list={list} />}
        empty={
          <EmptyState icon={ScrollText} title={t("noEvents")}>
            {t("noEventsText")}
          </EmptyState>
        }
      />
    </OpenRow>
  );
}

function ActorName({ event: { actor } }: { event: AuditEventDto }) {
  const t = useTranslations("activity");
  const Icon = icons[actor.type];
  const name = actor.type === "system" ? t("system") : actor.type === "token" ? t("byToken", { name: actor.name }) : actor.name;
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <Icon aria-hidden className="size-3.5 shrink-0 text-ink-3" />
      <span className="min-w-0 wrap-anywhere">{name}</span>
    </span>
  );
}

function TargetName({ event: { targetType, targetName } }: { event: AuditEventDto }) {
  const tellPolicy = usePolicyName();
  const name = targetType === "policy" ? tellPolicy(targetName) : targetName;
  return <span className="block max-w-72 truncate max-sm:max-w-52">{name || "–"}</span>;
}

/** The act in words; its code, which the API and scripts use, stays beside it. */
function ActionName({ code }: { code: string }) {
  const t = useTranslations("activity");
  const known = knownAuditAction(code);
  return (
    <span className="block min-w-0">
      {known === undefined ? null : <span className="block">{t(`actions.${known}`)}</span>}
      <code className="font-mono text-xs text-ink-3">{code}</code>
    </span>
  );
}

function OpenButton({ id }: { id: string }) {
  const t = useTranslations("common");
  const open = use(OpenRow);
  const isOpen = open.id === id;
  return (
    <IconButton
      size="sm"
      tooltip={false}
      icon={ChevronDown}
      label={isOpen ? t("hideDetails") : t("showDetails")}
      aria-expanded={isOpen}
      onClick={() => open.set(isOpen ? null : id)}
      className={isOpen ? "[&_svg]:rotate-180" : undefined}
    />
  );
}
