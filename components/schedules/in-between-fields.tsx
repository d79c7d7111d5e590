"use client";
/** `<InBetweenFields draft change faults />`: what happens when a start was missed, overlaps or fails. Closed until somebody wants it. */
import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { missedPolicies, overlapPolicies } from "#lib/domain/schedule-task";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { GroupField } from "./group-field.tsx";
import type { ScheduleDraft, ScheduleFault } from "./schedule-draft.ts";

type FieldsProps = {
  draft: ScheduleDraft;
  change: (next: Partial<ScheduleDraft>) => void;
  faults: ReadonlySet<ScheduleFault>;
};

export function InBetweenFields({ draft, change, faults }: FieldsProps) {
  const t = useTranslations("schedules.editor");
  const wrong = (fault: Exclude<ScheduleFault, "cron" | "timeZone">): string | undefined =>
    faults.has(fault) ? t(`faults.${fault}`) : undefined;
  return (
    <details className="group rounded-lg border border-line">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg px-3.5 py-2.5 text-sm font-medium text-ink hover:bg-hover">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90" />
        <span className="min-w-0">
          {t("more")}
          <span className="block text-xs font-normal text-ink-3">{t("moreHint")}</span>
        </span>
      </summary>
      <div className="flex flex-col gap-5 border-t border-line px-3.5 py-4">
        <FieldGroup legend={t("onMissed")}>
          <RadioCards
            label={t("onMissed")}
            value={draft.onMissed}
            onValueChange={(onMissed) => change({ onMissed })}
            options={missedPolicies.map((each) => ({ value: each, label: t(`missed.${each}`), hint: t(`missedHints.${each}`) }))}
            className="sm:grid-cols-2"
          />
        </FieldGroup>
        <FieldGroup legend={t("onOverlap")}>
          <RadioCards
            label={t("onOverlap")}
            value={draft.onOverlap}
            onValueChange={(onOverlap) => change({ onOverlap })}
            options={overlapPolicies.map((each) => ({ value: each, label: t(`overlap.${each}`), hint: t(`overlapHints.${each}`) }))}
            className="sm:grid-cols-2"
          />
        </FieldGroup>
        <div className="grid items-start gap-x-5 gap-y-4 sm:grid-cols-2">
          <Field label={t("retries")} hint={t("retriesHint")} error={wrong("retries")}>
            <Input inputMode="numeric" value={draft.retries} onValueChange={(retries) => change({ retries })} maxLength={2} />
          </Field>
          <Field label={t("retryMinutes")} hint={t("retryHint")} error={wrong("retryMinutes")}>
            <Input
              inputMode="numeric"
              value={draft.retryMinutes}
              onValueChange={(retryMinutes) => change({ retryMinutes })}
              maxLength={4}
            />
          </Field>
          <Field label={t("window")} hint={t("windowHint")} error={wrong("window")} optional>
            <Input
              inputMode="numeric"
              value={draft.windowMinutes}
              onValueChange={(windowMinutes) => change({ windowMinutes })}
              maxLength={5}
            />
          </Field>
          <Field label={t("jitter")} hint={t("jitterHint")} error={wrong("jitter")}>
            <Input
              inputMode="numeric"
              value={draft.jitterSeconds}
              onValueChange={(jitterSeconds) => change({ jitterSeconds })}
              maxLength={4}
            />
          </Field>
          <div className="min-w-0">
            <GroupField value={draft.workerGroup} onChange={(workerGroup) => change({ workerGroup })} error={wrong("group")} />
          </div>
        </div>
      </div>
    </details>
  );
}
