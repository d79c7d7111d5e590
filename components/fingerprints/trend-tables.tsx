"use client";
/** What the charts draw as numbers: every table in a row, and one table day by day. */
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import type { FingerprintDto } from "#lib/contracts/fingerprints";
import { formatCount } from "#lib/format/number";
import { formatDay } from "#lib/format/time";
import { Card } from "../ui/card.tsx";
import { Digest } from "../ui/code-block.tsx";
import { Select } from "../ui/select.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { ChangeText } from "./change-text.tsx";
import { useFindingText } from "./finding-text.ts";
import { nameOf, type TableTrend } from "./fingerprint-model.ts";

export function TrendTable({ trends }: { trends: readonly TableTrend[] }) {
  const t = useTranslations("fingerprints");
  const locale = useLocale();
  return (
    <TableFrame label={t("trend")} className="rounded-card border border-line bg-surface shadow-card">
      <thead>
        <tr>
          <Th>{t("columns.table")}</Th>
          <Th num>{t("columns.now")}</Th>
          <Th num>{t("columns.first")}</Th>
          <Th num>{t("columns.change")}</Th>
          <Th num>{t("columns.low")}</Th>
          <Th num>{t("columns.high")}</Th>
          <Th>{t("columns.note")}</Th>
        </tr>
      </thead>
      <tbody>
        {trends.map((trend) => (
          <tr key={nameOf(trend)}>
            <Td className={trend.table === "" ? "font-medium" : "font-mono text-[0.8125rem]"}>
              {trend.table === "" ? t("allRows") : nameOf(trend)}
            </Td>
            <Td num>{trend.now === null ? "–" : formatCount(trend.now, locale)}</Td>
            <Td num>{formatCount(trend.first, locale)}</Td>
            <Td num>
              <ChangeText trend={trend} />
            </Td>
            <Td num>{formatCount(trend.low, locale)}</Td>
            <Td num>{formatCount(trend.high, locale)}</Td>
            <Td className="text-xs whitespace-nowrap text-warn">{noteOf(trend)}</Td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );

  function noteOf({ marked }: TableTrend): string {
    const last = marked.at(-1);
    return last === undefined ? "" : t("marked", { day: formatDay(`${last}T12:00:00.000Z`, { locale, timeZone: "UTC" }) });
  }
}

/** A choice has to be named: an empty value is none. */
const valueOf = (trend: TableTrend): string => (trend.table === "" ? "*" : nameOf(trend));

/** Newest first. */
export function DayTable({ items, trends }: { items: readonly FingerprintDto[]; trends: readonly TableTrend[] }) {
  const t = useTranslations("fingerprints");
  const locale = useLocale();
  const tell = useFindingText();
  const [chosen, setChosen] = useState("");
  const trend = trends.find((each) => valueOf(each) === chosen) ?? trends[0];
  if (trend === undefined) return null;
  const isOfIt = (each: { schema: string; table: string }) => each.schema === trend.schema && each.table === trend.table;
  return (
    <Card
      flush
      title={t("days")}
      actions={
        <Select
          label={t("daysOf")}
          value={valueOf(trend)}
          onValueChange={setChosen}
          options={trends.map((each) => ({ value: valueOf(each), label: each.table === "" ? t("allRows") : nameOf(each) }))}
          className="w-auto! min-w-44"
        />
      }
    >
      <TableFrame label={t("days")} className="max-h-112 overflow-y-auto">
        <thead>
          <tr>
            <Th>{t("dayColumns.day")}</Th>
            <Th num>{t("dayColumns.rows")}</Th>
            <Th>{t("dayColumns.digest")}</Th>
            <Th>{t("dayColumns.findings")}</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => {
            const table = item.tables.find(isOfIt);
            const rows = trend.table === "" ? item.rowCount : table?.rows;
            return (
              <tr key={item.day}>
                <Td className="whitespace-nowrap nums">{formatDay(`${item.day}T12:00:00.000Z`, { locale, timeZone: "UTC" })}</Td>
                <Td num>{rows === undefined ? "–" : formatCount(rows, locale)}</Td>
                <Td>
                  {table?.sha256 ? <Digest value={table.sha256} what={`SHA-256, ${item.day}`} /> : <span className="text-ink-3">–</span>}
                </Td>
                <Td className="min-w-56 text-xs text-warn">
                  {item.findings
                    .filter(isOfIt)
                    .map((finding) => tell(finding))
                    .join("; ")}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </TableFrame>
    </Card>
  );
}
