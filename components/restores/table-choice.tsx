"use client";
/** `<TableChoice backupId total chosen onChange />`: every table, or a chosen few with search. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { formatCount } from "#lib/format/number";
import { listBackupTablesQuery } from "#lib/query/backups";
import { ProblemNotice } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { FieldGroup } from "../ui/field.tsx";
import { SearchInput } from "../ui/input.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { tableKey } from "./restore-draft.ts";

type TableChoiceProps = {
  backupId: string;
  total: number;
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
};

export function TableChoice({ backupId, total, chosen, onChange }: TableChoiceProps) {
  const t = useTranslations("restores.new");
  return (
    <FieldGroup legend={t("tables")}>
      <RadioCards
        label={t("tables")}
        value={chosen === null ? "all" : "chosen"}
        onValueChange={(next) => onChange(next === "all" ? null : [])}
        options={[
          { value: "all", label: t("tablesAll", { count: total }) },
          {
            value: "chosen",
            label: t("tablesChosen"),
            hint: chosen === null ? undefined : chosen.length === 0 ? t("tablesNeeded") : t("tablesChosenCount", { count: chosen.length }),
          },
        ]}
      />
      {chosen === null ? null : <Choices backupId={backupId} chosen={chosen} onChange={onChange} />}
    </FieldGroup>
  );
}

function Choices({ backupId, chosen, onChange }: { backupId: string; chosen: readonly string[]; onChange: (chosen: string[]) => void }) {
  const t = useTranslations("restores.new");
  const rowsText = useTranslations("sources.settings");
  const locale = useLocale();
  const [q, setQ] = useState("");
  const { data, error } = useQuery(listBackupTablesQuery(backupId));
  if (data === undefined) return error ? <ProblemNotice error={error} className="mt-2" /> : <RowsSkeleton rows={3} />;
  const shown = data.tables.filter(({ schema, table }) => `${schema}.${table}`.toLowerCase().includes(q.toLowerCase()));
  const toggle = (key: string, on: boolean): void => onChange(on ? [...chosen, key] : chosen.filter((each) => each !== key));
  return (
    <div className="mt-2 rounded-lg border border-line">
      <div className="border-b border-line p-2">
        <SearchInput label={t("tablesSearch")} value={q} onValueChange={setQ} />
      </div>
      <ul className="max-h-72 divide-y divide-line/70 overflow-y-auto">
        {shown.map((table) => {
          const key = tableKey(table);
          return (
            <li key={key} className="flex items-start justify-between gap-3 px-3 py-2">
              <Checkbox
                checked={chosen.includes(key)}
                onCheckedChange={(on) => toggle(key, on)}
                label={
                  <span className="font-mono text-[0.8125rem]">
                    {table.schema}.{table.table}
                  </span>
                }
              />
              <span className="shrink-0 text-xs text-ink-3 nums" title={formatCount(table.rows, locale)}>
                {rowsText("rows", { count: table.rows })}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
