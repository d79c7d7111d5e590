"use client";
/** `<ChangesCard plan={preview.plan} />`: rows per table in the backup beside those in the source now: what the restored state lacks. */
import { useLocale, useTranslations } from "next-intl";
import type { ReadPlanDto } from "#lib/contracts/restores";
import { formatCount } from "#lib/format/number";
import { ReasonText } from "../state/reason.tsx";
import { Card } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { changeOf, rowDifference } from "./plan-numbers.ts";

export function ChangesCard({ plan }: { plan: ReadPlanDto }) {
  const t = useTranslations("restores.changes");
  const { changes, changesProblem } = plan;
  if (changes === null) {
    return changesProblem === null ? null : (
      <Card title={t("title")}>
        <p className="mb-2 text-sm text-ink-2">{t("unknown")}</p>
        <ReasonText reason={changesProblem} />
      </Card>
    );
  }
  return (
    <Card title={t("title")} description={t.rich("lead", { time: () => <RelativeTime at={changes.countedAt} /> })} flush>
      {changes.tables.length === 0 ? null : <Tables tables={changes.tables} />}
      <p className="px-4 py-3 text-[0.8125rem] text-ink-2 sm:px-5">
        {changes.tables.length === 0 ? t("none", { count: changes.unchanged }) : t("unchanged", { count: changes.unchanged })}{" "}
        {changes.truncated ? t("truncated") : null} {t("counts")}
      </p>
    </Card>
  );
}

function Tables({ tables }: { tables: NonNullable<ReadPlanDto["changes"]>["tables"] }) {
  const t = useTranslations("restores.changes");
  const locale = useLocale();
  const rows = (count: number | null, exact: boolean): string => {
    if (count === null) return "–";
    return exact ? formatCount(count, locale) : t("about", { rows: formatCount(count, locale) });
  };
  return (
    <TableFrame label={t("title")} className="relative">
      <thead>
        <tr>
          <Th>{t("table")}</Th>
          <Th>{t("change")}</Th>
          <Th num>{t("then")}</Th>
          <Th num>{t("now")}</Th>
          <Th num>{t("difference")}</Th>
        </tr>
      </thead>
      <tbody>
        {tables.map((table) => {
          const difference = rowDifference(table);
          return (
            <tr key={JSON.stringify([table.schema, table.table])}>
              <Td className="font-mono text-[0.8125rem]">
                <span className="text-ink-3">{table.schema}.</span>
                {table.table}
              </Td>
              <Td className="text-ink-2">{t(`what.${changeOf(table)}`)}</Td>
              <Td num>{rows(table.backupRows, true)}</Td>
              <Td num>{rows(table.sourceRows, table.exact)}</Td>
              <Td num>{difference === null ? "–" : `${difference > 0 ? "+" : ""}${formatCount(difference, locale)}`}</Td>
            </tr>
          );
        })}
      </tbody>
    </TableFrame>
  );
}
