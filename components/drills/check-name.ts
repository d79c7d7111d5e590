"use client";
import { useTranslations } from "next-intl";
import type { CheckDefinition } from "#lib/contracts/drill-checks";

/** A check's name for people: its own where somebody gave one, else what its type is called, with the table that it is about. */
export function useCheckName(): (check: Pick<CheckDefinition, "type" | "name"> & Partial<CheckDefinition>) => string {
  const t = useTranslations("drills.checks.names");
  return (check) => {
    if (check.name !== "") return check.name;
    if (check.type === "newest-row" && "table" in check && check.table !== undefined)
      return t("newest-row-of", { table: `${check.schema}.${check.table}` });
    return t(check.type);
  };
}
