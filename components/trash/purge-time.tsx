"use client";
/** `<PurgeTime at={purgeAt} />`: when a backup is removed for good; what is over already goes with the next clean-up. */
import { useTranslations } from "next-intl";
import { RelativeTime } from "../ui/relative-time.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";

export function PurgeTime({ at }: { at: string }) {
  const t = useTranslations("trash");
  const now = useCurrentTime(60_000);
  if (Date.parse(at) <= now.getTime()) return <span className="text-warn">{t("due")}</span>;
  return <RelativeTime at={at} />;
}
