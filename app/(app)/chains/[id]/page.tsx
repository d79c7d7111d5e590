import { getTranslations } from "next-intl/server";
import { ChainView } from "#components/chains/chain-view";
import { pageContext } from "#lib/auth/page-session";

export async function generateMetadata() {
  const t = await getTranslations("chains");
  return { title: t("metaTitle") };
}

export default async function ChainPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await pageContext("backups:read");
  return <ChainView id={id} />;
}
