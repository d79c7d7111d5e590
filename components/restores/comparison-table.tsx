"use client";
/** `<ComparisonTable tables={comparison.tables} />`: rows and digests of the copy against the backup's, table by table. */
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import type { TableComparisonDto } from "#lib/contracts/restores";
import { formatCount } from "#lib/format/number";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Digest } from "../ui/code-block.tsx";
import { SearchInput } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

export function ComparisonTable({ tables }: { tables: readonly TableComparisonDto[] }) {
  const t = useTranslations("restores.comparison");
  const [show, setShow] = useState<"all" | "problems">("all");
  const [q, setQ] = useState("");
  const shown = tables.filter(
    ({ schema, table, verdict }) =>
      (show === "all" || verdict === "different" || verdict === "missing") && `${schema}.${table}`.toLowerCase().includes(q.toLowerCase()),
  );
  return (
    <Card
      title={t("title")}
      flush
      actions={
        <>
          <SearchInput label={t("search")} value={q} onValueChange={setQ} className="w-full sm:w-52" />
          <Segmented
            label={t("filter")}
            value={show}
            onValueChange={setShow}
            options={[
              { value: "all", label: t("all") },
              { value: "problems", label: t("problems") },
            ]}
          />
        </>
      }
    >
      {shown.length === 0 ? (
        <p className="px-5 py-8 text-center text-sm text-ink-2">{t("noMatch")}</p>
      ) : (
        <TableFrame label={t("title")} className="relative">
          <thead>
            <tr>
              <Th>{t("table")}</Th>
              <Th>{t("verdict")}</Th>
              <Th num>{t("expected")}</Th>
              <Th num>{t("actual")}</Th>
              <Th>{t("digest")}</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((table) => (
              <Row key={JSON.stringify([table.schema, table.table])} table={table} />
            ))}
          </tbody>
        </TableFrame>
      )}
    </Card>
  );
}

function Row({ table }: { table: TableComparisonDto }) {
  const t = useTranslations("restores.comparison");
  const locale = useLocale();
  const name = `${table.schema}.${table.table}`;
  // An equal table may have digests that say nothing (they could not be taken): the verdict decides, not the texts.
  const differs = table.verdict === "different" && table.actualSha256 !== null && table.actualSha256 !== table.expectedSha256;
  return (
    <tr>
      <Td className="font-mono text-[0.8125rem] whitespace-pre-wrap">
        <span className="text-ink-3">{table.schema}.</span>
        {table.table}
      </Td>
      <Td>
        <StatusBadge status={`table.${table.verdict}`} />
      </Td>
      <Td num>{formatCount(table.expectedRows, locale)}</Td>
      <Td num>{table.actualRows === null ? "–" : formatCount(table.actualRows, locale)}</Td>
      <Td>
        <span className="flex flex-col">
          <Digest value={table.expectedSha256} what={`${t("digest")}, ${name}`} />
          {differs ? <Digest value={table.actualSha256 ?? ""} what={`${t("digest")}, ${name}, ${t("actual")}`} /> : null}
        </span>
      </Td>
    </tr>
  );
}
