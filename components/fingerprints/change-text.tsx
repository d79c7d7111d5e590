"use client";
/** `<ChangeText trend />`: how the rows changed from the first day to now, with a sign; gone is said. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import type { TableTrend } from "./fingerprint-model.ts";

export function ChangeText({ trend: { first, now }, className }: { trend: TableTrend; className?: string }) {
  const t = useTranslations("fingerprints");
  const locale = useLocale();
  if (now === null) return <span className={clsx("text-warn", className)}>{t("gone")}</span>;
  if (now === first) return <span className={clsx("text-ink-3", className)}>{t("noChange")}</span>;
  const change = new Intl.NumberFormat(locale, { signDisplay: "always", maximumFractionDigits: 0 }).format(now - first);
  return <span className={clsx("whitespace-nowrap text-ink-2 nums", className)}>{change}</span>;
}
