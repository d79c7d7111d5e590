"use client";
/** `<RetentionCard source chosen onChoose />`: which policy a source goes by, what that means in words, and cleaning up now. */
import { useQuery } from "@tanstack/react-query";
import { BrushCleaning, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import type { PolicyDto } from "#lib/contracts/policies";
import { updateSource, type SourceDetailDto } from "#lib/contracts/sources";
import { listPoliciesQuery } from "#lib/query/policies";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { toast } from "../ui/toast.tsx";
import { CleanUpNow } from "./clean-up-now.tsx";
import { NeverCarriedOut } from "./never-carried-out.tsx";
import { policyChanges } from "./policy-changes.ts";
import { PolicyEditor } from "./policy-editor.tsx";
import { usePolicyName } from "./policy-name.ts";
import { useRuleText } from "./rule-text.ts";

/** A source without a policy. */
export const keepAll = "all";

type RetentionProps = {
  source: SourceDetailDto;
  /** A policy's id, or `keepAll`. */
  chosen: string;
  onChoose: (policyId: string) => void;
};

export function RetentionCard({ source, chosen, onChoose }: RetentionProps) {
  const t = useTranslations("policies.one");
  const can = useCan();
  const tellName = usePolicyName();
  const mayChoose = can("sources:write");
  const [isMaking, setIsMaking] = useState(false);
  const [isCleaning, setIsCleaning] = useState(false);
  const { data, error, refetch } = useQuery(listPoliciesQuery());
  const present = source.retentionPolicyId ?? keepAll;
  const policy = data?.items.find(({ id }) => id === chosen);
  const save = useAction(updateSource, {
    changes: policyChanges,
    onDone: ({ retentionPolicyName: name }) =>
      toast({
        title: name === null ? t("savedAll", { source: source.name }) : t("saved", { source: source.name, policy: tellName(name) }),
      }),
  });
  return (
    <Card
      title={t("title")}
      description={t("lead")}
      actions={
        <>
          <Link href="/policies" className="link text-[0.8125rem]">
            {t("manage")}
          </Link>
          {can("backups:delete") && present !== keepAll ? (
            <Button size="sm" icon={BrushCleaning} onClick={() => setIsCleaning(true)}>
              {t("cleanUp")}
            </Button>
          ) : null}
        </>
      }
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton className="h-9 w-72" />
        )
      ) : (
        <div className="flex flex-col gap-3">
          <div className="flex flex-wrap items-end gap-2">
            <Field label={t("policy")} disabled={!mayChoose} className="w-full sm:w-80">
              <Select
                value={chosen}
                onValueChange={onChoose}
                disabled={!mayChoose}
                options={[
                  ...data.items.map(({ id, name }) => ({ value: id, label: tellName(name) })),
                  { value: keepAll, label: t("all"), hint: t("allHint") },
                ]}
              />
            </Field>
            {mayChoose && chosen !== present ? (
              <Button
                variant="primary"
                pending={save.isPending}
                onClick={() =>
                  save.mutate({
                    params: { id: source.id },
                    body: { retentionPolicyId: chosen === keepAll ? null : chosen },
                    ifMatch: source.version,
                  })
                }
              >
                {t("save")}
              </Button>
            ) : null}
            {can("policies:write") && mayChoose ? (
              <Button variant="ghost" icon={Plus} onClick={() => setIsMaking(true)}>
                {t("own")}
              </Button>
            ) : null}
          </div>
          {chosen === keepAll ? (
            <p className="text-sm text-ink-2">{t("keepsAll")}</p>
          ) : policy === undefined ? null : (
            <PolicyWords policy={policy} />
          )}
          <NeverCarriedOut source={source} policy={policy} />
          <ProblemNotice error={save.error} />
        </div>
      )}
      {isMaking ? <PolicyEditor policy={null} onSaved={({ id }) => onChoose(id)} onClose={() => setIsMaking(false)} /> : null}
      {isCleaning ? <CleanUpNow source={source} onClose={() => setIsCleaning(false)} /> : null}
    </Card>
  );
}

function PolicyWords({ policy }: { policy: PolicyDto }) {
  const t = useTranslations("policies.one");
  const tellRule = useRuleText();
  return (
    <div className="flex flex-col gap-0.5">
      <p className="text-sm font-medium text-ink">{t("keeps", { rules: tellRule(policy.rule) })}</p>
      <p className="text-[0.8125rem] text-ink-2">
        {t("trashDays", { days: policy.graceDays })} {t(policy.afterBackup ? "after" : "onCleanUp")}
      </p>
    </div>
  );
}
