"use client";
/**
 * What a one-time link leads to: whom it is for, and the password that they choose. The token comes from the address's fragment and travels
 * in the body of a request; it is looked at without being used up, so that opening the link costs nothing.
 */
import { useQuery } from "@tanstack/react-query";
import { signOut } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { inspectLink, useLink as linkUse } from "#lib/contracts/people";
import { call } from "#lib/http/client";
import { useAction } from "#lib/query/use-action";
import { PasswordInput } from "../forms/password-input.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { useFragmentToken } from "./fragment-token.ts";

const shortestPassword = 12;

/** `signedInAs`: who is signed in in this browser already; setting somebody else's password does not change that. */
export function LinkForm({ signedInAs }: { signedInAs: string | null }) {
  const t = useTranslations("link");
  const token = useFragmentToken();
  // Once it is used the token leaves the address, and with it the key of what was asked.
  const [doneFor, setDoneFor] = useState<string | null>(null);
  const isToken = token !== null && token.length >= 20 && token.length <= 200;
  const link = useQuery({
    queryKey: [inspectLink.id, token],
    queryFn: ({ signal }) => call(inspectLink, { body: { token: token ?? "" }, signal }),
    enabled: isToken && doneFor === null,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  if (doneFor !== null) return <Done email={doneFor} signedInAs={signedInAs} />;
  if (token === null || (isToken && link.isPending)) return <Skeleton className="h-72 w-full rounded-card" />;
  const toSignIn = <ButtonLink href="/sign-in">{t("toSignIn")}</ButtonLink>;
  if (!isToken) {
    return (
      <Notice tone="warn" title={t("noToken")} actions={toSignIn}>
        {t("noTokenHint")}
      </Notice>
    );
  }
  if (link.data === undefined) return <ProblemNotice error={link.error} actions={toSignIn} />;
  const { purpose, name, email, expiresAt } = link.data;
  return (
    <div className="flex flex-col gap-4">
      {signedInAs === null ? null : <Notice>{t("otherSession", { who: signedInAs, name })}</Notice>}
      <section className="rounded-card border border-line bg-surface p-5 shadow-card sm:p-6">
        <h2 className="text-base font-semibold tracking-tight">{t(`hello.${purpose}`, { name })}</h2>
        <p className="mt-1 mb-4 text-[0.8125rem] text-ink-2">
          {t(`text.${purpose}`)} {t.rich("until", { end: () => <AbsoluteTime at={expiresAt} /> })}
        </p>
        <NewPassword token={token} email={email} onDone={setDoneFor} />
      </section>
    </div>
  );
}

function NewPassword({ token, email, onDone }: { token: string; email: string; onDone: (email: string) => void }) {
  const t = useTranslations("link");
  const [password, setPassword] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  // oxlint-disable-next-line react/rules-of-hooks -- an endpoint, not a hook: "use the link"
  const use = useAction(linkUse, {
    changes: [],
    onDone: (answer) => {
      history.replaceState(null, "", "/link");
      onDone(answer.email);
    },
  });
  const wrong = password.length < shortestPassword ? t("short", { count: password.length }) : fieldErrors(use.error)["password"];
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setIsSubmitted(true);
    if (password.length >= shortestPassword) use.mutate({ body: { token, password } });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <ProblemNotice error={use.error} />
      <div className="flex flex-col gap-1">
        <p className="text-[0.8125rem] font-medium">{t("email")}</p>
        <p className="text-sm wrap-anywhere text-ink-2">{email}</p>
      </div>
      {/* Password stores take the account's name from here. */}
      <input hidden readOnly type="email" name="email" autoComplete="username" value={email} />
      <Field label={t("password")} hint={t("passwordHint")} error={isSubmitted ? wrong : null}>
        <PasswordInput name="password" value={password} onValueChange={setPassword} autoComplete="new-password" />
      </Field>
      <Button type="submit" variant="primary" size="lg" pending={use.isPending} className="mt-1 w-full">
        {t("submit")}
      </Button>
    </form>
  );
}

function Done({ email, signedInAs }: { email: string; signedInAs: string | null }) {
  const t = useTranslations("link");
  const leave = async () => {
    if (signedInAs !== null) await signOut({ redirect: false });
    location.assign("/sign-in");
  };
  return (
    <Notice
      live
      tone="good"
      title={t("done")}
      actions={
        <Button variant="primary" onClick={() => void leave()}>
          {signedInAs === null ? t("toSignIn") : t("switch", { email })}
        </Button>
      }
    >
      {t("doneHint", { email })}
    </Notice>
  );
}
