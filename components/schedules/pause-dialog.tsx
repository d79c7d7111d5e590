"use client";
/** `<PauseDialog title text pending error onPause onClose />`: until when something pauses; it says the end before and on its button. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { formatMinute, formatZone } from "#lib/format/time";
import { ProblemNotice } from "../state/error-state.tsx";
import { toWallTime } from "../timeline/zoned-time.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { pauseChoices, pauseEnd, type PauseChoice } from "./pause-until.ts";

type PauseProps = {
  title: string;
  text: string;
  pending: boolean;
  error: unknown;
  /** Null: until somebody resumes it. */
  onPause: (until: string | null) => void;
  onClose: () => void;
};

export function PauseDialog({ title, text, pending, error, onPause, onClose }: PauseProps) {
  const t = useTranslations("schedules.pause");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const now = useCurrentTime(60_000);
  const form = useId();
  const [choice, setChoice] = useState<PauseChoice>("morning");
  const [typed, setTyped] = useState(() => toWallTime(pauseEnd("week", "", now, settings.timeZone) ?? "", settings.timeZone).slice(0, 16));
  const until = pauseEnd(choice, typed, now, settings.timeZone);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (until !== undefined) onPause(until);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={title}
      description={text}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" pending={pending} disabled={until === undefined}>
            {typeof until === "string" ? t("confirmUntil", { time: formatMinute(until, settings) }) : t("confirmOpen")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <RadioCards
          label={t("until")}
          value={choice}
          onValueChange={setChoice}
          options={pauseChoices.map((each) => ({ value: each, label: t(`choices.${each}`), hint: hintOf(each) }))}
        />
        {choice === "time" ? (
          <Field label={t("time", { zone: formatZone(now.toISOString(), settings) })} error={until === undefined ? t("past") : undefined}>
            <Input type="datetime-local" value={typed} onValueChange={setTyped} />
          </Field>
        ) : null}
        <ProblemNotice error={error} />
      </form>
    </Dialog>
  );

  function hintOf(each: PauseChoice): string | undefined {
    if (each === "open") return t("openHint");
    const end = each === choice ? until : undefined;
    return typeof end === "string" ? t("endsAt", { time: formatMinute(end, settings) }) : undefined;
  }
}
