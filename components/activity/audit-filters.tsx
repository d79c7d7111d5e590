"use client";
/** The audit page's filters, all of them in the address. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { listUsersQuery } from "#lib/query/people";
import { DayFilter } from "../data-table/day-filter.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import type { ListState } from "../data-table/use-list-state.tsx";
import { useCan, useMe } from "../shell/me.tsx";
import type { SelectOption } from "../ui/select.tsx";
import { auditActions, knownAuditAction } from "./audit-actions.ts";
import { auditListSpec, auditTargets } from "./list-specs.tsx";

type AuditList = ListState<typeof auditListSpec>;

/** Under this name Lifeboat's own acts are recorded. */
const systemName = "Lifeboat";

export function AuditFilters({ list }: { list: AuditList }) {
  const t = useTranslations("activity");
  const { actor, action, target, since, from, to } = list.values;
  const actors = useActors();
  return (
    <>
      <FilterSelect
        label={t("allActors")}
        value={actor}
        onChange={(next) => list.set({ actor: next })}
        options={withChosen(actors, actor, actor ?? "")}
      />
      <FilterSelect
        label={t("actionFilter")}
        value={action}
        onChange={(next) => list.set({ action: next })}
        options={withChosen(
          auditActions.map((code) => ({ value: code as string, label: t(`actions.${code}`) })),
          action,
          knownAuditAction(action ?? "") ?? action ?? "",
        )}
      />
      <FilterSelect
        label={t("targetFilter")}
        value={target}
        onChange={(next) => list.set({ target: next })}
        options={withChosen(
          auditTargets.map((type) => ({ value: type as string, label: t(`targets.${type}`) })),
          target,
          t("onlyTarget"),
        )}
      />
      <FilterSelect
        label={t("since")}
        value={since}
        onChange={(next) => list.set({ since: next, from: undefined, to: undefined })}
        options={auditListSpec.since.map((value) => ({ value, label: t(`sinceChoices.${value}`) }))}
      />
      {since === "range" ? (
        <span className="flex items-center gap-2">
          <DayFilter label={t("from")} value={from} max={to} onChange={(next) => list.set({ from: next })} />
          <span aria-hidden className="text-ink-3">
            –
          </span>
          <DayFilter label={t("to")} value={to} min={from} onChange={(next) => list.set({ to: next })} />
        </span>
      ) : null}
    </>
  );
}

/** Who can be chosen: people, for those who may see them; else oneself. Lifeboat's own acts for everybody. */
function useActors(): SelectOption<string>[] {
  const t = useTranslations("activity");
  const me = useMe();
  const can = useCan();
  const { data } = useQuery({ ...listUsersQuery({ limit: 200 }), enabled: can("people:manage") });
  const others = (data?.items ?? []).filter(({ id }) => id !== me.id);
  return [
    { value: me.id, label: t("you") },
    { value: systemName, label: t("system") },
    ...others.map(({ id, name }) => ({ value: id, label: name })),
  ];
}

/** The choices, and what the address says where it is none of them, so that the filter shows what it does. */
function withChosen(options: SelectOption<string>[], chosen: string | undefined, label: string): SelectOption<string>[] {
  return chosen === undefined || options.some(({ value }) => value === chosen) ? options : [...options, { value: chosen, label }];
}
