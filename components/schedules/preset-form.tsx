"use client";
/** `<PresetForm source present onOwn />`: the offered schedules as a choice, with zone and retention; "my own" leads to the editor. */
import { clsx } from "clsx";
import { useTimeZone, useTranslations } from "next-intl";
import { useId, useState, type ReactNode, type SyntheticEvent } from "react";
import { applySchedulePreset, schedulePresets } from "#lib/contracts/schedules";
import { isTimeZone } from "#lib/i18n/negotiate";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { toast } from "../ui/toast.tsx";
import { isOffered, RetentionTick, useRetentionOffer } from "./preset-retention.tsx";
import { scheduleChanges } from "./schedule-changes.ts";
import { ZoneField } from "./zone-field.tsx";

type PresetFormProps = {
  source: { readonly id: string; readonly name: string; readonly retentionPolicyId: string | null };
  /** How many schedules would be replaced. */
  present: number;
  onOwn: () => void;
  /** In a dialog: its way out, beside the button. */
  cancel?: ReactNode;
  onDone?: () => void;
};

const choices = [...schedulePresets, "own"] as const;
type Choice = (typeof choices)[number];

export function PresetForm({ source, present, onOwn, cancel, onDone }: PresetFormProps) {
  const t = useTranslations("schedules.preset");
  const ownZone = useTimeZone() ?? "UTC";
  const form = useId();
  const [choice, setChoice] = useState<Choice>("recommended");
  const [timeZone, setTimeZone] = useState(ownZone);
  const [time, setTime] = useState("23:00");
  // Null: nobody touched the tick.
  const [ticked, setTicked] = useState<boolean | null>(null);
  const { isAsking, offer } = useRetentionOffer(source, choice === "own" ? null : choice);
  const retention = offer !== null && (ticked ?? isOffered(offer));
  const choose = (next: Choice): void => {
    setChoice(next);
    setTicked(null);
  };
  const apply = useAction(applySchedulePreset, {
    changes: scheduleChanges,
    onDone: () => {
      toast({ title: t("done", { source: source.name }) });
      onDone?.();
    },
  });
  const isFilled = choice === "own" || (!isAsking && isTimeZone(timeZone.trim()) && (choice !== "daily" || /^\d\d:\d\d$/.test(time)));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (choice === "own") return onOwn();
    if (isFilled) apply.mutate({ params: { id: source.id }, body: { preset: choice, timeZone: timeZone.trim(), time, retention } });
  };
  return (
    <form id={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
      <RadioCards
        label={t("choice")}
        value={choice}
        onValueChange={choose}
        options={choices.map((each) => ({ value: each, label: t(each), hint: t(`${each}Hint`) }))}
      />
      {choice === "own" ? null : (
        <div className="grid items-start gap-4 sm:max-w-xl sm:grid-cols-2">
          {choice === "daily" ? (
            <Field label={t("time")}>
              <Input type="time" value={time} onValueChange={setTime} required />
            </Field>
          ) : null}
          <ZoneField value={timeZone} onChange={setTimeZone} />
        </div>
      )}
      {offer === null ? null : <RetentionTick offer={offer} checked={retention} onChange={setTicked} />}
      {present > 0 && choice !== "own" ? <Notice tone="warn">{t("replaces", { count: present })}</Notice> : null}
      <ProblemNotice error={apply.error} />
      <div className={clsx("flex flex-wrap justify-end gap-2", cancel === undefined && "sm:justify-start")}>
        {cancel}
        <Button type="submit" variant="primary" pending={apply.isPending} disabled={!isFilled}>
          {t(choice === "own" ? "confirmOwn" : "confirm")}
        </Button>
      </div>
    </form>
  );
}
