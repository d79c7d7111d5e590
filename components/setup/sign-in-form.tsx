"use client";
/** E-mail address and password, and one clear answer when they do not open the door. */
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useState, type FormEvent } from "react";
import { PasswordInput } from "../forms/password-input.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { readSignInError, type SignInTrouble } from "./sign-in-error.tsx";

export function SignInForm({ to, isEnded }: { to: string; isEnded: boolean }) {
  const t = useTranslations("signIn");
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
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5 shadow-card sm:p-6">
      {trouble ? (
        <Notice tone="bad" live title={t(trouble.kind)}>
          {trouble.kind === "blocked" ? t("blockedHint", { seconds: trouble.seconds }) : t(`${trouble.kind}Hint`)}
        </Notice>
      ) : isEnded ? (
        <Notice title={t("ended")}>{t("endedHint")}</Notice>
      ) : null}
      <Field label={t("email")} error={isSubmitted && email.trim() === "" ? t("emailMissing") : null}>
        <Input type="email" name="email" autoComplete="username" value={email} onValueChange={(next) => setEmail(next)} className="h-10" />
      </Field>
      <Field label={t("password")} error={isSubmitted && password === "" ? t("passwordMissing") : null}>
        <PasswordInput name="password" value={password} onValueChange={setPassword} autoComplete="current-password" />
      </Field>
      <Button type="submit" variant="primary" size="lg" pending={isPending} className="mt-1 w-full">
        {t("submit")}
      </Button>
    </form>
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
