import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CardFrame } from "#components/setup/card-frame";
import { LinkForm } from "#components/setup/link-form";
import { findPageActor } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("link"))("title"), referrer: "no-referrer" };
}

/** Where one-time links of invitations and new passwords lead. The server never sees their token: it stands after the `#`. */
export default async function LinkPage() {
  const [actor, t] = await Promise.all([findPageActor(), getTranslations("link")]);
  return (
    <CardFrame title={t("title")} lead={t("lead")}>
      <LinkForm signedInAs={actor?.name ?? null} />
    </CardFrame>
  );
}
