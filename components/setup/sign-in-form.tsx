"use client";
/** E-mail address and password, and one clear answer when they do not open the door. */
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useEffect, useState, type FormEvent } from "react";
import { PasswordInput } from "../forms/password-input.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { readSignInError, type SignInTrouble } from "./sign-in-error.tsx";

export function SignInForm({ to, isEnded }: { to: string; isEnded: boolean }) {
  const t = useTranslations("signIn");
  const isHydrated = useHydrated();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isPending, setIsPending] = useState(false);
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [trouble, setTrouble] = useState<SignInTrouble | null>(null);

  const submit = async () => {
    setIsSubmitted(true);
    if (email.trim() === "" || password === "") return;
    setIsPending(true);
    setTrouble(null);
    const found = await attempt(email, password);
    if (found === null) {
      location.assign(to);
      return;
    }
    setTrouble(found);
    setIsPending(false);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };

  return (
    <form
      noValidate
      method="post"
      onSubmit={onSubmit}
      className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5 shadow-card sm:p-6"
    >
      {trouble ? (
        <Notice tone="bad" live title={t(trouble.kind)}>
          {trouble.kind === "blocked" ? (
            <BlockedHint seconds={trouble.seconds} onOver={() => setTrouble(null)} />
          ) : (
            t(`${trouble.kind}Hint`)
          )}
        </Notice>
      ) : isEnded ? (
        <Notice title={t("ended")}>{t("endedHint")}</Notice>
      ) : null}
      <Field label={t("email")} error={isSubmitted && email.trim() === "" ? t("emailMissing") : null}>
        <Input
          type="email"
          name="email"
          autoComplete="username"
          value={email}
          onValueChange={(next) => {
            setEmail(next);
            setTrouble(null);
          }}
          className="h-10"
        />
      </Field>
      <Field label={t("password")} error={isSubmitted && password === "" ? t("passwordMissing") : null}>
        <PasswordInput name="password" value={password} onValueChange={setPassword} autoComplete="current-password" />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        pending={isPending}
        disabled={!isHydrated || trouble?.kind === "blocked"}
        className="mt-1 w-full"
      >
        {t("submit")}
      </Button>
    </form>
  );
}

/** Counts down to the moment from which another try is heard. */
function BlockedHint({ seconds, onOver }: { seconds: number; onOver: () => void }) {
  const t = useTranslations("signIn");
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) {
      onOver();
      return undefined;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, onOver]);
  // Spoken once: a screen reader that counts along would say nothing else.
  return (
    <>
      <span className="sr-only">{t("blockedHint", { seconds })}</span>
      <span aria-hidden className="nums">
        {left < 90 ? t("blockedHint", { seconds: left }) : t("blockedHintMinutes", { minutes: Math.ceil(left / 60) })}
      </span>
    </>
  );
}

/** Null when signed in; next-auth throws when there is no answer at all. */
async function attempt(email: string, password: string): Promise<SignInTrouble | null> {
  try {
    const answer = await signIn("credentials", { email, password, redirect: false });
    return answer?.ok && !answer.error ? null : readSignInError(answer?.error ?? null);
  } catch {
    return { kind: "unavailable" };
  }
}
