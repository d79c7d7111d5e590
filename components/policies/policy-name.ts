"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";

/** The offered policies as the catalogue is delivered with them; under another name they are somebody's own. */
const offered = {
  "By kind: 12 months, 8 weeks, 7 days": "perKind",
  "14 days, 8 weeks, 12 months": "gfs",
  "The last 20": "lastTwenty",
} as const;

/** A policy's name; that of an offered one in the reader's language. */
export function usePolicyName(): (name: string) => string {
  const t = useTranslations("policies.builtInNames");
  return useCallback((name) => (name in offered ? t(offered[name as keyof typeof offered]) : name), [t]);
}
