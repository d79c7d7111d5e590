"use client";
/** How much runs at once, in the whole installation and on one host. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { updateSchedulingSettings, type SchedulingSettings } from "#lib/contracts/schedules";
import { getSchedulingSettingsQuery } from "#lib/query/schedules";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { toast } from "../ui/toast.tsx";
import { limitOf } from "./limit.ts";

export function LimitsCard() {
  const t = useTranslations("policies.limits");
  const { data, error, refetch } = useQuery(getSchedulingSettingsQuery());
  return (
    <Card title={t("title")} description={t("lead")}>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton className="h-16 w-full max-w-lg" />
        )
      ) : (
        <LimitsForm settings={data} />
      )}
    </Card>
  );
}

const most = { maxRunning: 1000, maxRunningPerHost: 100 } as const;
const fields = ["maxRunning", "maxRunningPerHost"] as const;

/** What stands in the fields that somebody has touched. */
type Typed = { readonly [field in (typeof fields)[number]]?: string };

function unsaved(typed: Typed, settings: SchedulingSettings): Typed {
  const kept = fields.filter((field) => typed[field] !== undefined && limitOf(typed[field], most[field]) !== settings[field]);
  return Object.fromEntries(kept.map((field) => [field, typed[field]]));
}

function LimitsForm({ settings }: { settings: SchedulingSettings }) {
  const t = useTranslations("policies.limits");
  const mayWrite = useCan()("policies:write");
  const [typed, setTyped] = useState<Typed>({});
  const [seen, setSeen] = useState(settings.version);
  // What was saved, by whomever, takes the place of what was typed for it; what was typed since is kept.
  if (seen !== settings.version) {
    setSeen(settings.version);
    setTyped(unsaved(typed, settings));
  }
  const change = (next: Typed): void => setTyped((last) => ({ ...last, ...next }));
  const running = typed.maxRunning ?? settings.maxRunning?.toString() ?? "";
  const perHost = typed.maxRunningPerHost ?? settings.maxRunningPerHost?.toString() ?? "";
  const maxRunning = limitOf(running, most.maxRunning);
  const maxRunningPerHost = limitOf(perHost, most.maxRunningPerHost);
  const isChanged = maxRunning !== settings.maxRunning || maxRunningPerHost !== settings.maxRunningPerHost;
  const update = useAction(updateSchedulingSettings, {
    changes: ["getSchedulingSettings"],
    onDone: () => toast({ title: t("saved") }),
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (maxRunning !== undefined && maxRunningPerHost !== undefined)
      update.mutate({ body: { maxRunning, maxRunningPerHost }, ifMatch: settings.version });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <div className="grid items-start gap-x-6 gap-y-4 sm:max-w-2xl sm:grid-cols-2">
        <Field
          label={t("maxRunning")}
          hint={t("hint")}
          disabled={!mayWrite}
          error={maxRunning === undefined ? t("fault", { max: most.maxRunning }) : undefined}
        >
          <Input inputMode="numeric" value={running} onValueChange={(maxRunning) => change({ maxRunning })} maxLength={4} />
        </Field>
        <Field
          label={t("maxRunningPerHost")}
          hint={t("hostHint")}
          disabled={!mayWrite}
          error={maxRunningPerHost === undefined ? t("fault", { max: most.maxRunningPerHost }) : undefined}
        >
          <Input inputMode="numeric" value={perHost} onValueChange={(maxRunningPerHost) => change({ maxRunningPerHost })} maxLength={3} />
        </Field>
      </div>
      <ProblemNotice error={update.error} />
      {mayWrite ? (
        <div>
          <Button
            type="submit"
            pending={update.isPending}
            disabled={!isChanged || maxRunning === undefined || maxRunningPerHost === undefined}
          >
            {t("save")}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
