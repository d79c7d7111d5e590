import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { CardFrame } from "#components/setup/card-frame";
import { FirstAdminForm } from "#components/setup/first-admin-form";
import { findPageActor } from "#lib/auth/page-session";
import { getRuntime } from "#lib/http/runtime";
import { hasAdmin } from "#lib/services/people/setup-state";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("setup"))("title") };
}

/** Before there is an admin: the form of the one-time link. Afterwards: the guide for the admin, the overview for others, else sign in. */
export default async function SetupPage() {
  const [actor, t, isDone] = await Promise.all([findPageActor(), getTranslations("setup"), hasAdmin(getRuntime().catalogue.db)]);
  if (isDone) redirect(actor === null ? "/sign-in" : "/start");
  return (
    <CardFrame title={t("title")} lead={t("lead")}>
      <FirstAdminForm />
    </CardFrame>
  );
}
