"use client";
/**
 * `<Toolbar isFiltered onClear search={<ToolbarSearch …/>}><FilterSelect …/></Toolbar>` above a list; `<ListFooter …/>` below it.
 * Every control writes to the address through `useListState`.
 */
import { X } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useCallback, type ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { SearchInput } from "../ui/input.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { useTypedText } from "./use-list-state.tsx";

export function Toolbar({
  search,
  isFiltered,
  onClear,
  exports,
  children,
}: {
  search?: ReactNode;
  isFiltered: boolean;
  onClear: (() => void) | undefined;
  exports?: ReactNode;
  children?: ReactNode;
}) {
  const t = useTranslations("common");
  return (
    <div className="flex flex-wrap items-center gap-2">
      {search}
      {children}
      {isFiltered ? (
        <Button variant="ghost" size="sm" icon={X} onClick={onClear}>
          {t("resetFilters")}
        </Button>
      ) : null}
      {exports}
    </div>
  );
}

export function ToolbarSearch({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const tell = useCallback((next: string) => onChange(next === "" ? undefined : next), [onChange]);
  const [typed, setTyped] = useTypedText(value ?? "", tell);
  return <SearchInput label={label} value={typed} onValueChange={setTyped} className="w-full sm:w-64" />;
}

type FilterSelectProps<V extends string> = {
  label: string;
  value: V | undefined;
  options: readonly SelectOption<V>[];
  onChange: (value: V | undefined) => void;
};

const any = "any";

/** A filter whose first choice is "label: all". */
export function FilterSelect<V extends string>({ label, value, options, onChange }: FilterSelectProps<V>) {
  const t = useTranslations("common");
  const locale = useLocale();
  return (
    <Select<V | typeof any>
      label={label}
      value={value ?? any}
      onValueChange={(next) => onChange(next === any ? undefined : next)}
      options={[{ value: any, label: `${label}: ${t("all").toLocaleLowerCase(locale)}` }, ...options]}
      className="w-auto! min-w-36 max-sm:flex-1"
    />
  );
}

type ListFooterProps = {
  shown: number;
  total: number;
  totalCapped: boolean;
  hasMore?: boolean;
  isLoadingMore?: boolean;
  onMore?: () => void;
};

/** How much is shown, and the way to the rest. */
export function ListFooter({ shown, total, totalCapped, hasMore, isLoadingMore, onMore }: ListFooterProps) {
  const t = useTranslations("common");
  return (
    <div className="flex min-h-8 flex-wrap items-center justify-between gap-3 text-[0.8125rem] text-ink-3 nums">
      <span>{totalCapped ? t("shownOfMany", { shown, total }) : t("shownOf", { shown, total })}</span>
      {hasMore && onMore ? (
        <Button size="sm" pending={isLoadingMore} onClick={onMore}>
          {t("loadMore")}
        </Button>
      ) : null}
    </div>
  );
}
