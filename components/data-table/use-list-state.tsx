"use client";
/**
 * `const list = useListState(spec)`: `list.values` go into the query options, `list.set({ state: "failed" })` changes the address.
 * Filters replace the entry in the history, pages add one, so that Back means the page before.
 */
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { changeListValues, readListValues, writeListValues, type ListSpec, type ListValues } from "./list-state.tsx";

export type ListState<S extends ListSpec> = {
  readonly values: ListValues<S>;
  readonly set: (change: ListValues<S>) => void;
  readonly clear: () => void;
  /** True when a filter or a search is set; the sort and the cursor do not count. */
  readonly isFiltered: boolean;
};

export function useListState<S extends ListSpec>(spec: S): ListState<S> {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const values = useMemo(() => readListValues(spec, params), [spec, params]);
  // Two changes can come before the address shows the first: the second one builds on what was asked for, not on what is shown.
  const asked = useRef(values);
  useEffect(() => {
    asked.current = values;
  }, [values]);
  const set = useCallback(
    (change: ListValues<S>) => {
      asked.current = changeListValues(asked.current, change);
      const address = path + writeListValues(spec, asked.current);
      if ("after" in change) router.push(address);
      else router.replace(address, { scroll: false });
    },
    [router, path, spec],
  );
  const clear = useCallback(() => {
    asked.current = {};
    router.replace(path, { scroll: false });
  }, [router, path]);
  const isFiltered = Object.entries(values).some(([name, value]) => name !== "sort" && name !== "after" && value !== undefined);
  return { values, set, clear, isFiltered };
}

/** Text that is typed now and told a moment (300 ms) after the last key. */
export function useTypedText(value: string, tell: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    // The address changed from outside (Back, reset): what is shown follows it.
    if (value !== told.current) {
      told.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = typed;
      tell(typed);
    }, 300);
    return () => clearTimeout(timer);
  }, [typed, tell]);
  return [typed, setTyped];
}
