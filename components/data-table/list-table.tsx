"use client";
/**
 * A list that is read page by page: the query, its toolbar, its rows and the way to the next page.
 *
 *   const list = useListState(runListSpec);
 *   <ListTable label={t("runs")} pages={listRunsPages(list.values)} columns={columns} rowId={runId} list={list}
 *     filters={<FilterSelect …/>} search={<ToolbarSearch …/>} empty={<EmptyState …/>} />
 *
 * What `DataTable` asks of columns and `rowId` holds here too.
 */
import {
  keepPreviousData,
  useInfiniteQuery,
  type DefaultError,
  type InfiniteData,
  type UseInfiniteQueryOptions,
} from "@tanstack/react-query";
import { useMemo, type ComponentProps, type ReactNode } from "react";
import { DataTable } from "./data-table.tsx";
import { ListFooter, Toolbar } from "./toolbar.tsx";
import type { ListState } from "./use-list-state.tsx";

type ListPage<Row> = { items: Row[]; next: string | null; total: number; totalCapped: boolean };
type Pages<Row, Key extends readonly unknown[]> = UseInfiniteQueryOptions<
  ListPage<Row>,
  DefaultError,
  InfiniteData<ListPage<Row>>,
  Key,
  string | null
>;

type Shown<Row extends object> = Pick<
  ComponentProps<typeof DataTable<Row>>,
  "label" | "columns" | "rowId" | "rowHref" | "sort" | "onSortChange" | "empty" | "renderDetail"
>;

type ListTableProps<Row extends object, Key extends readonly unknown[]> = Shown<Row> & {
  /** From `endpointPages`; while another filter's rows are on their way the present ones stay. */
  pages: Pages<Row, Key>;
  /** The state of `useListState`, for a list that can be filtered. */
  list?: Pick<ListState<never>, "isFiltered" | "clear">;
  search?: ReactNode;
  filters?: ReactNode;
  /** The way to keep the list as a file: an `ExportMenu`. */
  exports?: ReactNode;
};

export function ListTable<Row extends object, Key extends readonly unknown[]>({
  pages,
  list,
  search,
  filters,
  exports,
  ...shown
}: ListTableProps<Row, Key>) {
  const query = useInfiniteQuery({ ...pages, placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items), [query.data]);
  const first = query.data?.pages[0];
  return (
    <DataTable
      {...shown}
      rows={rows}
      query={query}
      isFiltered={list?.isFiltered}
      onClear={list?.clear}
      toolbar={
        list || exports ? (
          <Toolbar isFiltered={list?.isFiltered ?? false} onClear={list?.clear} search={search} exports={exports}>
            {filters}
          </Toolbar>
        ) : null
      }
      footer={
        first && rows && rows.length > 0 ? (
          <ListFooter
            shown={rows.length}
            total={first.total}
            totalCapped={first.totalCapped}
            hasMore={query.hasNextPage}
            isLoadingMore={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        ) : null
      }
    />
  );
}
