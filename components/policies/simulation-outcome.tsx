"use client";
/** `<SimulationOutcome data isStale />`: the chosen day in one sentence. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import { formatBytes } from "#lib/format/bytes";
import { formatDay } from "#lib/format/time";
import type { SimulationDto } from "#lib/query/policies";

export function SimulationOutcome({ data, isStale }: { data: SimulationDto; isStale: boolean }) {
  const t = useTranslations("policies.simulation");
  const locale = useLocale();
  const staying = data.decisions.filter(({ verdict }) => verdict === "keep");
  const bytes = staying.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const going = data.decisions.length - staying.length;
  return (
    <p role="status" className={clsx("text-base text-ink transition-opacity", isStale && "opacity-60")}>
      <span className="text-ink-2">{t("at", { day: formatDay(data.at, { locale, timeZone: "UTC" }) })}: </span>
      <strong className="font-semibold">{t("stays", { count: staying.length, size: formatBytes(bytes, locale) })}</strong>
      {", "}
      {t("goes", { count: going })}.
    </p>
  );
}
