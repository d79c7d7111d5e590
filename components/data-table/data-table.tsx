"use client";
/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role, jsx-a11y/no-noninteractive-element-interactions
   -- as cards the parts are not displayed as a table, and browsers then drop the roles that the tags imply */
/**
 * The one list of rows. Columns come from `columnsFor<Row>()`:
 *
 *   const column = columnsFor<RunDto>();
 *   const columns = [column.accessor("state", { header: t("state"), cell: … , meta: { card: "aside", sort: "at", num: true } })];
 *   <DataTable label={t("runs")} columns={columns} rows={data?.items} rowId={(run) => run.id} rowHref={(run) => `/runs/${run.id}`}
 *     query={query} sort={list.values.sort} onSortChange={(sort) => list.set({ sort })} empty={<EmptyState …/>} isFiltered onClear />
 *
 * Columns and `rowId` must be stable (module scope or useMemo). Cold load shows a skeleton, a refetch keeps the rows. Below 640 px each
 * row is a card: the first column is its title (and its link), `meta.card` places the others. Arrow keys move between rows.
 */
import { createColumnHelper, metaHelper, tableFeatures, useTable, type ColumnDef } from "@tanstack/react-table";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp, ChevronsUpDown, SearchX } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { cellClass, headClass } from "../ui/table.tsx";
import { nextSort } from "./list-state.tsx";
import { moveBetweenRows } from "./row-keys.tsx";

export type ColumnLook = {
  /** Right-aligned, tabular figures. */
  num?: boolean;
  /** The API's name of this order; the column's head then sorts. */
  sort?: string;
  /** On a card: beside the title, a labelled line (default), a full-width line without label, or not at all. */
  card?: "aside" | "line" | "wide" | "hide";
  /** Shown from this width on only (cards show it regardless). */
  from?: "lg" | "xl";
  className?: string;
};

const features = tableFeatures({ columnMeta: metaHelper<ColumnLook>() });
type Features = typeof features;
// oxlint-disable-next-line typescript/no-explicit-any -- a column's value type differs from column to column
export type Column<Row extends object> = ColumnDef<Features, Row, any>;

export function columnsFor<Row extends object>() {
  return createColumnHelper<Features, Row>();
}

/** What TanStack Query tells about a list; the table decides what to show from it. */
type ListQuery = { readonly isPending: boolean; readonly isFetching: boolean; readonly error: unknown; readonly refetch: () => unknown };

type DataTableProps<Row extends object> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  rowHref?: (row: Row) => string | null;
  query: ListQuery;
  sort?: string;
  onSortChange?: (sort: string | undefined) => void;
  empty: ReactNode;
  isFiltered?: boolean;
  onClear?: () => void;
  toolbar?: ReactNode;
  footer?: ReactNode;
  /** Opens below a row when it returns something. */
  renderDetail?: (row: Row) => ReactNode;
};

const none: never[] = [];

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, query, toolbar, footer, label } = props;
  const t = useTranslations("common");
  return (
    <div className="relative min-w-0 overflow-hidden rounded-card border border-line bg-surface shadow-card">
      {toolbar ? <div className="border-b border-line px-4 py-3 sm:px-5">{toolbar}</div> : null}
      {rows === undefined && query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows === undefined ? (
        <div role="status" aria-label={t("loading")}>
          <RowsSkeleton rows={8} />
        </div>
      ) : (
        <>
          {query.error ? <ProblemNotice error={query.error} className="m-3" /> : null}
          {rows.length === 0 ? <Nothing {...props} /> : <Rows {...props} rows={rows} />}
        </>
      )}
      {footer ? <div className="border-t border-line px-4 py-2.5 sm:px-5">{footer}</div> : null}
      <span className="sr-only" role="status">
        {rows === undefined ? "" : `${label}: ${rows.length}`}
      </span>
    </div>
  );
}

function Nothing<Row extends object>({ isFiltered, onClear, empty }: DataTableProps<Row>) {
  const t = useTranslations("common");
  if (!isFiltered) return empty;
  return (
    <EmptyState
      icon={SearchX}
      title={t("nothingMatches")}
      actions={onClear ? <Button onClick={onClear}>{t("resetFilters")}</Button> : null}
    >
      {t("nothingMatchesHint")}
    </EmptyState>
  );
}

const fromClass = { lg: "sm:max-lg:hidden", xl: "sm:max-xl:hidden" } as const;

function Rows<Row extends object>(props: DataTableProps<Row> & { rows: readonly Row[] }) {
  const { label, columns, rows, rowId, rowHref, sort, onSortChange, renderDetail } = props;
  const table = useTable<Features, Row>({ features, columns: columns as Column<Row>[], data: rows ?? none, getRowId: (row) => rowId(row) });
  return (
    <div className="sm:overflow-x-auto">
      <table role="table" aria-label={label} className="block w-full border-collapse text-left sm:table" onKeyDown={moveBetweenRows}>
        <thead role="rowgroup" className="hidden sm:table-header-group">
          {table.getHeaderGroups().map((group) => (
            <tr role="row" key={group.id}>
              {group.headers.map((header) => {
                const look = header.column.columnDef.meta;
                const title = <table.FlexRender header={header} />;
                return (
                  <th
                    key={header.id}
                    role="columnheader"
                    scope="col"
                    aria-sort={sortOf(look?.sort, sort)}
                    className={clsx(headClass, "border-b border-line", look?.num && "text-right", look?.from && fromClass[look.from])}
                  >
                    {look?.sort && onSortChange ? (
                      <SortHead column={look.sort} sort={sort} onSortChange={onSortChange} num={look.num}>
                        {title}
                      </SortHead>
                    ) : (
                      title
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody role="rowgroup" className="block divide-y divide-line/70 sm:table-row-group">
          {table.getRowModel().rows.map((row) => {
            const href = rowHref?.(row.original) ?? null;
            const detail = renderDetail?.(row.original);
            return [
              <tr
                role="row"
                key={row.id}
                className={clsx(
                  "relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-3 sm:table-row sm:p-0",
                  href && "transition-colors hover:bg-hover/60 has-[a[data-row-link]:focus-visible]:bg-hover/60",
                )}
              >
                {row.getAllCells().map((cell, index) => {
                  const look = cell.column.columnDef.meta;
                  const content = <table.FlexRender cell={cell} />;
                  return (
                    <td key={cell.id} role="cell" className={clsx("sm:table-cell", cellClass, cardClass(look, index), look?.className)}>
                      {index === 0 || look?.card === "aside" || look?.card === "wide" ? null : (
                        <span aria-hidden className="text-xs text-ink-3 sm:hidden">
                          {typeof cell.column.columnDef.header === "string" ? cell.column.columnDef.header : null}
                        </span>
                      )}
                      {index === 0 && href ? (
                        <Link
                          data-row-link
                          href={href}
                          className="rounded font-medium text-ink after:absolute after:inset-0 focus-visible:after:rounded-md"
                        >
                          {content}
                        </Link>
                      ) : (
                        content
                      )}
                    </td>
                  );
                })}
              </tr>,
              detail ? (
                <tr role="row" key={`${row.id}-detail`} className="block bg-sunken/60 sm:table-row">
                  <td role="cell" colSpan={columns.length} className="block px-4 py-3 sm:table-cell sm:px-5">
                    {detail}
                  </td>
                </tr>
              ) : null,
            ];
          })}
        </tbody>
      </table>
    </div>
  );
}

function cardClass(look: ColumnLook | undefined, index: number): string {
  const wide = clsx(look?.num && "sm:text-right nums", look?.from && fromClass[look.from]);
  const small = "max-sm:p-0!";
  if (index === 0) return clsx(wide, small, "max-sm:col-start-1");
  switch (look?.card ?? "line") {
    case "aside":
      return clsx(wide, small, "max-sm:col-start-2 max-sm:row-start-1 max-sm:justify-self-end");
    case "hide":
      return clsx(wide, "max-sm:hidden");
    case "wide":
      return clsx(wide, small, "max-sm:col-span-2 max-sm:mt-1");
    case "line":
      return clsx(
        wide,
        small,
        "max-sm:col-span-2 max-sm:mt-1 max-sm:flex max-sm:items-baseline max-sm:justify-between max-sm:gap-4 max-sm:text-[0.8125rem]",
      );
  }
}

function sortOf(column: string | undefined, sort: string | undefined): "ascending" | "descending" | undefined {
  if (column === undefined) return undefined;
  if (sort === column) return "ascending";
  return sort === `-${column}` ? "descending" : undefined;
}

type SortHeadProps = {
  column: string;
  sort: string | undefined;
  onSortChange: (sort: string | undefined) => void;
  num?: boolean;
  children: ReactNode;
};

function SortHead({ column, sort, onSortChange, num, children }: SortHeadProps) {
  const order = sortOf(column, sort);
  const Icon = order === "ascending" ? ArrowUp : order === "descending" ? ArrowDown : ChevronsUpDown;
  return (
    <button
      type="button"
      onClick={() => onSortChange(nextSort(sort, column))}
      className={clsx(
        "-mx-1 inline-flex items-center gap-1 rounded px-1 py-1 hover:text-ink",
        order && "text-ink",
        num && "flex-row-reverse",
      )}
    >
      {children}
      <Icon aria-hidden className={clsx("size-3", order ? "" : "opacity-50")} />
    </button>
  );
}
