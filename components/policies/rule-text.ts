"use client";
import { useLocale, useTranslations } from "next-intl";
import type { PolicyDto } from "#lib/contracts/policies";
import type { SimpleRule } from "#lib/domain/retention-rule";
import { formatBytes } from "#lib/format/bytes";

/** What a rule keeps, in the reader's words and without a verb: `the last 20 backups; at most 50.0 GiB`. */
export function useRuleText(): (rule: PolicyDto["rule"]) => string {
  const t = useTranslations("policies.rules");
  const locale = useLocale();
  const textOf = (rule: SimpleRule): string => {
    switch (rule.type) {
      case "per-kind":
        return t("per-kind", { months: rule.fullMonths, weeks: rule.differentialWeeks, days: rule.incrementalDays });
      case "gfs":
        return t("gfs", { daily: rule.daily, weekly: rule.weekly, monthly: rule.monthly });
      case "keep-last":
        return t("keep-last", { keep: rule.keep });
      case "keep-days":
        return t("keep-days", { days: rule.days });
    }
  };
  return ({ keep, capBytes }) =>
    [
      ...(keep.length === 0 ? [t("everything")] : keep.map(textOf)),
      ...(capBytes === null ? [] : [t("cap", { size: formatBytes(capBytes, locale) })]),
    ].join("; ");
}
