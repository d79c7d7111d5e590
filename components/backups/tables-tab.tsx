"use client";
/** Every table of a backup with its exact row count and the digest of its data. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import type { BackupTableDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { listBackupTablesQuery } from "#lib/query/backups";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { Digest } from "../ui/code-block.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { SearchInput } from "../ui/input.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

export function TablesTab({ backupId }: { backupId: string }) {
  const t = useTranslations("backups.tables");
  const locale = useLocale();
  const [q, setQ] = useState("");
  const { data, error, refetch } = useQuery(listBackupTablesQuery(backupId));
  if (data === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={6} />;
  const { tables } = data;
  const shown = tables.filter(({ schema, table }) => `${schema}.${table}`.toLowerCase().includes(q.toLowerCase()));
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  return (
    <Card
      title={t("summary", { tables: tables.length, rows })}
      flush
      actions={
        <>
          <SearchInput label={t("search")} value={q} onValueChange={setQ} className="w-full sm:w-56" />
          <CopyButton text={asText(tables)} what={t("copyAll")} />
        </>
      }
    >
      {tables.length === 0 ? <p className="px-5 py-8 text-center text-sm text-ink-2">{t("empty")}</p> : null}
      {tables.length > 0 && shown.length === 0 ? <p className="px-5 py-8 text-center text-sm text-ink-2">{t("noMatch", { q })}</p> : null}
      {shown.length === 0 ? null : (
        <TableFrame label={t("table")} className="relative">
          <thead>
            <tr>
              <Th>{t("table")}</Th>
              <Th num>{t("rows")}</Th>
              <Th num>{t("bytes")}</Th>
              <Th>{t("digest")}</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={`${each.schema}.${each.table}`}>
                <Td className="font-mono text-[0.8125rem] whitespace-pre-wrap">
                  <span className="text-ink-3">{each.schema}.</span>
                  {each.table}
                </Td>
                <Td num>{each.excluded ? <Badge tone="warn">{t("excluded")}</Badge> : formatCount(each.rows, locale)}</Td>
                <Td num className="whitespace-nowrap">
                  {each.excluded ? "–" : formatBytes(each.bytes, locale)}
                </Td>
                <Td>{each.excluded ? "–" : <Digest value={each.sha256} what={`${t("digest")}, ${each.schema}.${each.table}`} />}</Td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Card>
  );
}

function asText(tables: readonly BackupTableDto[]): string {
  return tables.map(({ schema, table, rows, bytes, sha256 }) => [schema, table, rows, bytes, sha256].join("\t")).join("\n");
}
