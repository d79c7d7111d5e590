"use client";
/** `<TableBrowser drill />`: the copy's tables, and each of them page by page. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { browseDrillQuery } from "#lib/query/drills";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { SearchInput } from "../ui/input.tsx";
import { CellGrid } from "./cell-grid.tsx";

type Table = { readonly schema: string; readonly table: string };
const listed = 200;

export function TableBrowser({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.tables");
  const [search, setSearch] = useState("");
  const [table, setTable] = useState<Table | null>(null);
  const { data, error, refetch } = useQuery(browseDrillQuery(drill.id, null, 0));
  if (data === undefined)
    return <Card flush>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={4} />}</Card>;
  const wanted = search.trim().toLowerCase();
  const found = data.tables.filter(({ schema, table: name }) => `${schema}.${name}`.toLowerCase().includes(wanted));
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[16rem_minmax(0,1fr)]">
      <Card title={t("title")} description={t("count", { count: data.tables.length })} flush>
        <div className="border-b border-line p-3">
          <SearchInput label={t("search")} value={search} onValueChange={setSearch} />
        </div>
        <ul className="max-h-[28rem] overflow-y-auto p-1.5">
          {found.slice(0, listed).map((entry) => (
            <li key={JSON.stringify([entry.schema, entry.table])}>
              <button
                type="button"
                aria-pressed={table?.schema === entry.schema && table.table === entry.table}
                onClick={() => setTable(entry)}
                className="flex w-full items-baseline justify-between gap-3 rounded-md px-2 py-1.5 text-left text-[0.8125rem] hover:bg-hover aria-pressed:bg-accent-soft"
              >
                <span className="min-w-0 font-mono wrap-anywhere text-ink">
                  {entry.schema === "" ? entry.table : `${entry.schema}.${entry.table}`}
                </span>
                <span className="shrink-0 text-xs text-ink-3 nums">{entry.rows === null ? "" : t("rows", { count: entry.rows })}</span>
              </button>
            </li>
          ))}
        </ul>
        {found.length > listed ? <p className="px-3 pb-3 text-xs text-ink-3">{t("more", { count: found.length - listed })}</p> : null}
        {found.length === 0 ? <p className="px-3 pb-3 text-[0.8125rem] text-ink-3">{t("none")}</p> : null}
      </Card>
      {table === null ? (
        <p className="py-6 text-center text-sm text-ink-3">{t("pick")}</p>
      ) : (
        <Rows key={JSON.stringify([table.schema, table.table])} drillId={drill.id} table={table} />
      )}
    </div>
  );
}

function Rows({ drillId, table }: { drillId: string; table: Table }) {
  const t = useTranslations("drills.wizard.tables");
  const [offsets, setOffsets] = useState<readonly number[]>([0]);
  const offset = offsets.at(-1) ?? 0;
  const { data, error, isFetching } = useQuery({ ...browseDrillQuery(drillId, table, offset), placeholderData: keepPreviousData });
  const name = table.schema === "" ? table.table : `${table.schema}.${table.table}`;
  return (
    <Card
      flush
      title={<span className="font-mono text-sm">{name}</span>}
      description={
        data === undefined ? undefined : t("range", { from: data.rows.length === 0 ? 0 : offset + 1, to: offset + data.rows.length })
      }
      actions={
        <>
          <Button
            size="sm"
            icon={ChevronLeft}
            disabled={offsets.length === 1 || isFetching}
            onClick={() => setOffsets(offsets.slice(0, -1))}
          >
            {t("previous")}
          </Button>
          <Button
            size="sm"
            icon={ChevronRight}
            disabled={data === undefined || !data.hasMore || isFetching}
            onClick={() => setOffsets([...offsets, offset + (data?.rows.length ?? 0)])}
          >
            {t("next")}
          </Button>
        </>
      }
    >
      {data === undefined ? (
        error ? (
          <ProblemNotice error={error} className="m-4" />
        ) : (
          <RowsSkeleton rows={5} />
        )
      ) : (
        <CellGrid label={name} columns={data.columns} rows={data.rows} />
      )}
    </Card>
  );
}
