"use client";
import { useLocale, useTranslations } from "next-intl";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { formatDuration } from "#lib/format/duration";

/** A check of one's own in one line: what it asks and expects. */
export function useCheckSummary(): (check: CheckDefinition) => string {
  const t = useTranslations("drillPlans.checks.summary");
  const locale = useLocale();
  return (check) => {
    switch (check.type) {
      case "sql":
        return check.expect.type === "value"
          ? `${oneLine(check.sql)} ${check.expect.comparison} ${check.expect.value}`
          : t("rows", { sql: oneLine(check.sql), count: check.expect.rows.length });
      case "newest-row":
        return t("newest", { column: check.column, age: formatDuration(check.maxAgeMinutes * 60_000, locale) });
      case "http":
        return t("http", { method: check.method, path: check.path, application: check.application, status: String(check.status) });
      case "command":
        return check.command;
      case "manual":
        return check.question;
      default:
        return "";
    }
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
