"use client";
/** One's own password: the current one, the new one, and what it ends elsewhere. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { changeMyPassword } from "#lib/contracts/people";
import { useAction } from "#lib/query/use-action";
import { PasswordInput } from "../forms/password-input.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors, problemOf } from "../state/problem-of.tsx";
import { useReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";

const shortestPassword = 12;

export function PasswordCard() {
  const t = useTranslations("people.password");
  const tell = useReasonText();
  const isHydrated = useHydrated();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const change = useAction(changeMyPassword, {
    changes: ["listMySessions", "listAuditEvents"],
    onDone: ({ ended }) => {
      setCurrent("");
      setNext("");
      setIsSubmitted(false);
      toast({ title: t("done"), text: t("ended", { count: ended }) });
    },
  });
  const problem = problemOf(change.error);
  const isWrong = problem?.code === "password-not-yours";
  const refused = fieldErrors(change.error);
  const wrong = {
    current: current === "" ? t("currentMissing") : problem !== null && isWrong ? tell(problem).message : refused["current"],
    next: next.length < shortestPassword ? t("short", { count: next.length }) : refused["next"],
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setIsSubmitted(true);
    if (current !== "" && next.length >= shortestPassword) change.mutate({ body: { current, next } });
  };
  return (
    <Card title={t("title")} description={t("lead")}>
      <form noValidate method="post" onSubmit={submit} className="flex flex-col gap-4">
        {isWrong ? null : <ProblemNotice error={change.error} />}
        <Field label={t("current")} error={isSubmitted ? wrong.current : null}>
          <PasswordInput
            name="current-password"
            value={current}
            onValueChange={(value) => {
              setCurrent(value);
              change.reset();
            }}
            autoComplete="current-password"
          />
        </Field>
        <Field label={t("next")} hint={t("nextHint")} error={isSubmitted ? wrong.next : null}>
          <PasswordInput name="new-password" value={next} onValueChange={setNext} autoComplete="new-password" />
        </Field>
        <div>
          <Button type="submit" pending={change.isPending} disabled={!isHydrated}>
            {t("submit")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
