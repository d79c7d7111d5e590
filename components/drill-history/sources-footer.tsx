"use client";
/** `<SourcesFooter shown first pages />`: below a list of sources that comes a page at a time: how many of how many, and the next page. */
import { ListFooter } from "../data-table/toolbar.tsx";

type SourcesFooterProps = {
  shown: number;
  first: { readonly total: number; readonly totalCapped: boolean };
  pages: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly fetchNextPage: () => Promise<unknown> };
};

export function SourcesFooter({ shown, first, pages }: SourcesFooterProps) {
  return (
    <div className="border-t border-line px-4 py-2.5 sm:px-5">
      <ListFooter
        shown={shown}
        total={first.total}
        totalCapped={first.totalCapped}
        hasMore={pages.hasNextPage}
        isLoadingMore={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
    </div>
  );
}
