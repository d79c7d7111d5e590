"use client";
import { useSyncExternalStore } from "react";

const subscribe = () => () => undefined;

/**
 * False until the page's scripts have taken it over. A form with a password waits for that: sent before, the browser itself would put its
 * fields into the address.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
