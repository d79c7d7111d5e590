"use client";
import { useCallback, useState } from "react";

/**
 * `const [draft, change] = useDraft({ name: "", email: "" })`, `change({ name })`: what is typed into a form. Two fields may be filled
 * in before either is drawn (a password manager does): each is added to what is there, not to what was shown.
 */
export function useDraft<T extends object>(initial: T | (() => T)): readonly [T, (change: Partial<T>) => void] {
  const [draft, setDraft] = useState(initial);
  const change = useCallback((next: Partial<T>): void => setDraft((last) => ({ ...last, ...next })), []);
  return [draft, change];
}
