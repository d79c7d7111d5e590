import { useTranslations } from "next-intl";
import type { RunDto } from "#lib/contracts/runs";

/** "Backup of shop": what a run does to which source, in the reader's language. */
export function useRunTitle(): (run: Pick<RunDto, "type" | "sourceName">) => string {
  const t = useTranslations("runs");
  return ({ type, sourceName }) => (sourceName === null ? t(`types.${type}`) : t(`titles.${type}`, { source: sourceName }));
}
