import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NewChannel } from "#components/notifications/new-channel";
import { pageContext } from "#lib/auth/page-session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("form.newTitle") };
}

export default async function NewChannelPage() {
  await pageContext("notifications:manage");
  return <NewChannel />;
}
