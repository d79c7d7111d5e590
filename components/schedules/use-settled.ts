"use client";
import { useEffect, useState } from "react";

/** The value once it has not changed for `ms`: what is typed is asked about when a word is over, not with each key. */
export function useSettled<T extends string | number | null>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
