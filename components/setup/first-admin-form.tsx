"use client";
/** Makes the first admin with the token of the address's fragment, which no server log ever sees, and signs in with it. */
import { useMutation } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useState, type FormEvent } from "react";
import { createFirstAdmin } from "#lib/contracts/session";
import { call } from "#lib/http/client";
import { PasswordInput } from "../forms/password-input.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { useFragmentToken } from "./fragment-token.ts";

const shortestPassword = 12;

export function FirstAdminForm() {
  const t = useTranslations("setup");
  const token = useFragmentToken();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);

  const create = useMutation({
    mutationFn: async () => {
      await call(createFirstAdmin, { body: { token: token ?? "", name, email, password } });
      const answer = await signIn("credentials", { email, password, redirect: false });
      // The account exists now; if signing in fails the sign-in page says why.
      location.assign(answer?.ok && !answer.error ? "/start" : "/sign-in");
    },
  });
  const refused = fieldErrors(create.error);
  const wrong = {
    name: name.trim() === "" ? t("nameMissing") : (refused["name"] ?? null),
    email: /^\S+@\S+\.\S+$/.test(email.trim()) ? (refused["email"] ?? null) : t("emailWrong"),
    password: password.length < shortestPassword ? t("passwordShort", { count: password.length }) : (refused["password"] ?? null),
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setIsSubmitted(true);
    if (name.trim() !== "" && /^\S+@\S+\.\S+$/.test(email.trim()) && password.length >= shortestPassword) create.mutate();
  };

  if (token === null) return <Skeleton className="h-72 w-full rounded-card" />;
  if (token === "") {
    return (
      <Notice tone="warn" title={t("noToken")} actions={<ButtonLink href="/sign-in">{t("toSignIn")}</ButtonLink>}>
        {t("noTokenHint")}
      </Notice>
    );
  }
  return (
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5 shadow-card sm:p-6">
      <ProblemNotice error={create.error} />
      <Field label={t("name")} error={isSubmitted ? wrong.name : null}>
        <Input name="name" autoComplete="name" value={name} onValueChange={(next) => setName(next)} />
      </Field>
      <Field label={t("email")} hint={t("emailHint")} error={isSubmitted ? wrong.email : null}>
        <Input type="email" name="email" autoComplete="username" value={email} onValueChange={(next) => setEmail(next)} />
      </Field>
      <Field label={t("password")} hint={t("passwordHint")} error={isSubmitted ? wrong.password : null}>
        <PasswordInput name="password" value={password} onValueChange={setPassword} autoComplete="new-password" />
      </Field>
      <Button type="submit" variant="primary" size="lg" pending={create.isPending} className="mt-1 w-full">
        {t("submit")}
      </Button>
    </form>
  );
}
