"use client";
/** Retention policies by name: what each keeps, who uses it, and the ways to change it. */
import { useQuery } from "@tanstack/react-query";
import { Archive, Copy, Ellipsis, Pencil, Plus, Star, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { updatePolicy, type PolicyDto } from "#lib/contracts/policies";
import { listPoliciesQuery } from "#lib/query/policies";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState, useProblemText } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Menu } from "../ui/menu.tsx";
import { toast } from "../ui/toast.tsx";
import { DeletePolicy } from "./delete-policy.tsx";
import { policyChanges } from "./policy-changes.ts";
import { PolicyEditor } from "./policy-editor.tsx";
import { usePolicyName } from "./policy-name.ts";
import { useRuleText } from "./rule-text.ts";

type Asked =
  | { readonly dialog: "editor"; readonly policy: PolicyDto | null; readonly copyOf?: PolicyDto }
  | { readonly dialog: "delete"; readonly policy: PolicyDto };

export function PolicyList() {
  const t = useTranslations("policies");
  const mayWrite = useCan()("policies:write");
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = (): void => setAsked(null);
  const { data, error, refetch } = useQuery(listPoliciesQuery());
  const add = (
    <Button icon={Plus} size="sm" onClick={() => setAsked({ dialog: "editor", policy: null })}>
      {t("add")}
    </Button>
  );
  return (
    <>
      <Card flush title={t("retention")} actions={mayWrite ? add : null}>
        {data === undefined ? (
          error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : (
            <RowsSkeleton rows={4} />
          )
        ) : data.items.length === 0 ? (
          <EmptyState icon={Archive} title={t("empty")} actions={mayWrite ? add : null}>
            {t("emptyText")}
          </EmptyState>
        ) : (
          <ul aria-label={t("retention")} className="divide-y divide-line/70">
            {data.items.map((policy) => (
              <PolicyRow key={policy.id} policy={policy} ask={setAsked} />
            ))}
          </ul>
        )}
        {data !== undefined && data.items.length > 0 && !data.items.some(({ isDefault }) => isDefault) ? (
          <p className="border-t border-line px-4 py-3 text-[0.8125rem] text-ink-2 sm:px-5">{t("noDefault")}</p>
        ) : null}
      </Card>
      {asked?.dialog === "editor" ? <PolicyEditor policy={asked.policy} copyOf={asked.copyOf} onClose={close} /> : null}
      {asked?.dialog === "delete" ? <DeletePolicy policy={asked.policy} onClose={close} /> : null}
    </>
  );
}

function PolicyRow({ policy, ask }: { policy: PolicyDto; ask: (asked: Asked) => void }) {
  const t = useTranslations("policies");
  const tellRule = useRuleText();
  const tellName = usePolicyName();
  const mayWrite = useCan()("policies:write");
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 px-4 py-3.5 sm:px-5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium text-ink">
          <span className="wrap-anywhere">{tellName(policy.name)}</span>
          {policy.isDefault ? (
            <Badge tone="accent" icon={Star} title={t("defaultHint")}>
              {t("default")}
            </Badge>
          ) : null}
          {policy.builtIn ? <Badge>{t("builtIn")}</Badge> : null}
        </p>
        <p className="mt-0.5 text-[0.8125rem] text-ink-2 first-letter:uppercase">{tellRule(policy.rule)}</p>
        <p className="text-xs text-ink-3">
          {t("columns.grace")}: {t("grace", { days: policy.graceDays })}
          {policy.afterBackup ? ` · ${t("afterBackup")}` : ""} · {t("inUse", { count: policy.sourceCount })}
        </p>
      </div>
      {mayWrite ? <PolicyMenu policy={policy} ask={ask} /> : null}
    </li>
  );
}

function PolicyMenu({ policy, ask }: { policy: PolicyDto; ask: (asked: Asked) => void }) {
  const t = useTranslations("policies");
  const tell = useProblemText();
  const tellName = usePolicyName();
  const makeDefault = useAction(updatePolicy, {
    changes: policyChanges,
    onDone: ({ name }) => toast({ title: t("madeDefault", { name: tellName(name) }) }),
    onProblem: (error) => toast({ tone: "bad", title: tell(error).message, text: tell(error).hint }),
  });
  return (
    <Menu
      trigger={<IconButton size="sm" icon={Ellipsis} label={t("actions", { name: tellName(policy.name) })} tooltip={false} />}
      items={[
        { label: t("edit"), icon: Pencil, onSelect: () => ask({ dialog: "editor", policy }) },
        { label: t("copy"), icon: Copy, onSelect: () => ask({ dialog: "editor", policy: null, copyOf: policy }) },
        ...(policy.isDefault
          ? []
          : [
              {
                label: t("makeDefault"),
                icon: Star,
                onSelect: () =>
                  makeDefault.mutate({ params: { id: policy.id }, body: { isDefault: true as const }, ifMatch: policy.version }),
              },
            ]),
        "line",
        {
          label: t("remove"),
          icon: Trash2,
          danger: true,
          disabled: policy.sourceCount > 0,
          hint: policy.sourceCount > 0 ? t("inUse", { count: policy.sourceCount }) : undefined,
          onSelect: () => ask({ dialog: "delete", policy }),
        },
      ]}
    />
  );
}
