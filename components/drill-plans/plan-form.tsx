"use client";
/** `<PlanForm plan engine onDirty onSaved />`: the whole plan as one form, saved at once. Who may not change it sees it as it is. */
import { clsx } from "clsx";
import { useTimeZone, useTranslations } from "next-intl";
import { useEffect, useState, type SyntheticEvent } from "react";
import { updateDrillPlan, type DrillPlanDto } from "#lib/contracts/drill-plans";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { toast } from "../ui/toast.tsx";
import { PlaybookText } from "../drills/playbook-field.tsx";
import { ChecksEditor } from "./checks-editor.tsx";
import { planAnswers } from "./plan-answers.ts";
import { changesOf, draftFaults, draftOf, type PlanDraft } from "./plan-draft.ts";
import { PlanSchedule } from "./plan-schedule.tsx";
import { PlanWhat } from "./plan-what.tsx";
import { PlaybookVersions } from "./playbook-versions.tsx";

type FormProps = {
  plan: DrillPlanDto;
  engine: "postgres" | "sqlite";
  onDirty: (isDirty: boolean) => void;
  onSaved: (plan: DrillPlanDto) => void;
};

export function PlanForm({ plan, engine, onDirty, onSaved }: FormProps) {
  const t = useTranslations("drillPlans");
  const can = useCan();
  const timeZone = useTimeZone() ?? "UTC";
  const [draft, setDraft] = useState(() => draftOf(plan, timeZone));
  const faults = draftFaults(draft, timeZone);
  const changes = changesOf(draft, plan, timeZone);
  const isDirty = changes === null || Object.keys(changes).length > 0;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  const update = useAction(updateDrillPlan, {
    changes: planAnswers,
    onDone: (saved) => {
      toast({ title: t("saved", { source: saved.sourceName }) });
      onSaved(saved);
    },
  });
  const change = (next: Partial<PlanDraft>): void => setDraft((last) => ({ ...last, ...next }));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (changes !== null) update.mutate({ params: { id: plan.sourceId }, body: changes, ifMatch: plan.version });
  };
  const mayPlan = can("drills:plan");
  const fields = { draft, change, faults, plan, engine };
  return (
    <form onSubmit={submit} className="flex flex-col gap-6">
      <fieldset disabled={!mayPlan} className="flex min-w-0 flex-col gap-6">
        <legend className="sr-only">{t("plan")}</legend>
        <PlanWhat {...fields} />
        <PlanSchedule {...fields} />
        <ChecksEditor
          sourceId={plan.sourceId}
          version={plan.version}
          engine={engine}
          value={draft.checks}
          onChange={(checks) => change({ checks })}
          isDirty={isDirty}
          mayPlan={mayPlan}
        />
        <Card
          title={t("playbook")}
          description={t("playbookLead")}
          actions={<PlaybookVersions plan={plan} onTake={(playbook) => change({ playbook })} mayPlan={mayPlan} />}
        >
          <PlaybookText value={draft.playbook} onChange={(playbook) => change({ playbook })} disabled={!mayPlan} />
        </Card>
      </fieldset>
      {mayPlan ? (
        <div
          className={clsx(
            "-mx-4 flex flex-col gap-3 border-t border-line bg-canvas px-4 py-3 sm:mx-0 sm:px-0",
            // What is not saved yet stays in sight; on a small screen above the navigation.
            isDirty && "sticky bottom-0 z-10 max-lg:bottom-14",
          )}
        >
          <ProblemNotice error={update.error} />
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" variant="primary" pending={update.isPending} disabled={changes === null || (!isDirty && !plan.proposed)}>
              {t(plan.proposed && !isDirty ? "accept" : "save")}
            </Button>
            {isDirty ? (
              <Button variant="ghost" onClick={() => setDraft(draftOf(plan, timeZone))}>
                {t("discard")}
              </Button>
            ) : null}
            <p role="status" className="text-xs text-ink-3">
              {changes === null ? t("faulty") : isDirty ? t("unsaved") : ""}
            </p>
          </div>
        </div>
      ) : null}
    </form>
  );
}
