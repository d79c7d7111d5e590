"use client";
/** What an offer of schedules says of retention: nothing where the source has a policy, else the tick that gives it one, and what would go by it. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type PresetName, presetPolicies } from "#lib/domain/schedule-presets";
import { goingOf, listPoliciesQuery, simulateRetentionQuery } from "#lib/query/policies";
import { usePolicyName } from "../policies/policy-name.ts";
import { useRuleText } from "../policies/rule-text.ts";
import { Checkbox } from "../ui/checkbox.tsx";

/** How retention would go by an offer. `going`: how many backups would go today, null: nobody knows. */
export type RetentionOffer = { readonly policy: string; readonly rules: string; readonly going: number | null };

type Offered = { readonly isAsking: boolean; readonly offer: RetentionOffer | null };

/** The policy that fits an offer; no offer where the source has a policy already. Ask nothing with `preset` null. */
export function useRetentionOffer(
  source: { readonly id: string; readonly retentionPolicyId: string | null },
  preset: PresetName | null,
): Offered {
  const tellName = usePolicyName();
  const tellRule = useRuleText();
  const asks = preset !== null && source.retentionPolicyId === null;
  const policies = useQuery({ ...listPoliciesQuery(), enabled: asks });
  const policy = asks ? policies.data?.items.find(({ id }) => id === presetPolicies[preset]) : undefined;
  const policyId = policy?.id ?? "";
  const simulation = useQuery({ ...simulateRetentionQuery(source.id, { policyId, day: 0, days: 1 }), enabled: policy !== undefined });
  if (policy === undefined) return { isAsking: asks && policies.isPending, offer: null };
  const going = simulation.data === undefined ? null : goingOf(simulation.data).length;
  return { isAsking: simulation.isPending, offer: { policy: tellName(policy.name), rules: tellRule(policy.rule), going } };
}

/** Ticked by itself only where it is known that nothing would go. */
export const isOffered = (offer: RetentionOffer | null): boolean => offer?.going === 0;

type TickProps = { offer: RetentionOffer; checked: boolean; onChange: (checked: boolean) => void };

export function RetentionTick({ offer: { policy, rules, going }, checked, onChange }: TickProps) {
  const t = useTranslations("schedules.preset");
  return (
    <Checkbox
      checked={checked}
      onCheckedChange={onChange}
      label={t("retention", { policy, rules })}
      hint={going === null ? undefined : t("goes", { count: going })}
    />
  );
}
