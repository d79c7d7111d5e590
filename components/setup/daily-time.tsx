"use client";
/** `<DailyTime sources />`: one time of day for all of one's own sources that no schedule backs up yet. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useState, type SyntheticEvent } from "react";
import { applySchedulePreset } from "#lib/contracts/schedules";
import { call } from "#lib/http/client";
import { presetPolicies } from "#lib/domain/schedule-presets";
import { isTimeZone } from "#lib/i18n/negotiate";
import { goingOf, listPoliciesQuery, simulateRetentionQuery } from "#lib/query/policies";
import { listSchedulesQuery } from "#lib/query/schedules";
import { usePolicyName } from "../policies/policy-name.ts";
import { useRuleText } from "../policies/rule-text.ts";
import { scheduleChanges } from "../schedules/schedule-changes.ts";
import { ZoneField } from "../schedules/zone-field.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { toast } from "../ui/toast.tsx";

type Unscheduled = { readonly id: string; readonly retentionPolicyId: string | null };

export function DailyTime({ sources }: { sources: readonly Unscheduled[] }) {
  const t = useTranslations("setup.guide.schedule");
  const client = useQueryClient();
  const ownZone = useTimeZone() ?? "UTC";
  const [time, setTime] = useState("23:00");
  const [timeZone, setTimeZone] = useState(ownZone);
  const [keeps, setKeeps] = useState(true);
  const tellName = usePolicyName();
  const tellRule = useRuleText();
  const { data: policies } = useQuery(listPoliciesQuery());
  const policy = policies?.items.find(({ id }) => id === presetPolicies.daily);
  // A source may have schedules that are switched off: an offer would take their place.
  const { data: schedules } = useQuery(listSchedulesQuery({ limit: 200 }));
  const withSchedules = new Set(schedules?.items.map(({ sourceId }) => sourceId));
  const open = sources.filter(({ id }) => !withSchedules.has(id));
  const isFilled = /^\d\d:\d\d$/.test(time) && isTimeZone(timeZone.trim());
  const offersPolicy = policy !== undefined && open.some(({ retentionPolicyId }) => retentionPolicyId === null);
  /** Not where backups would go by it: that is for somebody to decide who looks at them. */
  const mayKeepBy = async (sourceId: string, policyId: string): Promise<boolean> => {
    const query = simulateRetentionQuery(sourceId, { policyId, day: 0, days: 1 });
    const simulation = await client.fetchQuery({ ...query, staleTime: 0 }).catch(() => null);
    return simulation !== null && goingOf(simulation).length === 0;
  };
  const apply = useMutation({
    mutationFn: async () => {
      let failed = 0;
      for (const { id, retentionPolicyId } of open) {
        const retention = keeps && policy !== undefined && retentionPolicyId === null && (await mayKeepBy(id, policy.id));
        const body = { preset: "daily" as const, timeZone: timeZone.trim(), time, retention };
        await call(applySchedulePreset, { params: { id }, body }).catch(() => (failed += 1));
      }
      return { failed, done: open.length - failed };
    },
    retry: false,
    onSuccess: ({ failed, done }) => {
      if (done > 0) toast({ title: t("saved", { count: done }) });
      if (failed > 0) toast({ tone: "bad", title: t("some", { failed }) });
    },
    onSettled: () => Promise.all(scheduleChanges.map((id) => client.invalidateQueries({ queryKey: [id] }))),
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isFilled && schedules !== undefined && policies !== undefined) apply.mutate();
  };
  const [first] = sources;
  return (
    <form onSubmit={submit} noValidate className="flex w-full flex-col gap-3">
      <div className="grid max-w-md items-start gap-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <Field label={t("time")}>
          <Input type="time" value={time} onValueChange={setTime} required />
        </Field>
        <ZoneField value={timeZone} onChange={setTimeZone} />
      </div>
      {offersPolicy ? (
        <Checkbox
          checked={keeps}
          onCheckedChange={setKeeps}
          label={t("retention", { policy: tellName(policy.name), rules: tellRule(policy.rule) })}
          hint={t("retentionHint")}
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          type="submit"
          variant="primary"
          pending={apply.isPending}
          disabled={!isFilled || schedules === undefined || policies === undefined || open.length === 0}
        >
          {t("action", { count: Math.max(1, open.length), time })}
        </Button>
        {first === undefined ? null : (
          <Link href={`/sources/${first.id}?tab=policy`} className="link text-sm">
            {t("own")}
          </Link>
        )}
      </div>
    </form>
  );
}
