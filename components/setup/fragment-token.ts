"use client";
import { useSyncExternalStore } from "react";

function onHashChange(tell: () => void): () => void {
  addEventListener("hashchange", tell);
  return () => removeEventListener("hashchange", tell);
}

function tokenOfAddress(): string {
  return location.hash.slice(1);
}

/** The token after the `#` of a one-time link, which browsers never send to a server; null until this runs in a browser. */
export function useFragmentToken(): string | null {
  return useSyncExternalStore(onHashChange, tokenOfAddress, () => null);
}
