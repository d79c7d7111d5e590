import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { CardFrame } from "#components/setup/card-frame";
import { safeReturn } from "#components/setup/sign-in-error";
import { SignInForm } from "#components/setup/sign-in-form";
import { findPageActor } from "#lib/auth/page-session";
import { getRuntime } from "#lib/http/runtime";
import { hasAdmin } from "#lib/services/people/setup-state";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signIn"))("title") };
}

type Search = Promise<{ to?: string | string[]; callbackUrl?: string | string[]; ended?: string | string[] }>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const [{ to, ended }, actor, t] = await Promise.all([searchParams, findPageActor(), getTranslations("signIn")]);
  const target = safeReturn(typeof to === "string" ? to : undefined);
  if (actor !== null) redirect(target);
  if (!(await hasAdmin(getRuntime().catalogue.db))) redirect("/setup");
  return (
    <CardFrame title={t("title")} lead={t("lead")}>
      <SignInForm to={target} isEnded={ended !== undefined} />
    </CardFrame>
  );
}
