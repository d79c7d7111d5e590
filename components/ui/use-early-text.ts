"use client";
import { type RefObject, useLayoutEffect, useRef } from "react";
import { useHydrated } from "./use-hydrated.ts";

type TextField = HTMLInputElement | HTMLTextAreaElement;

/**
 * `<input ref={useEarlyText(value, onValueChange)} />`: tells what a person or a password manager put into the server's HTML before the page's
 * scripts took it over. React leaves that text in the field, but takes it for what stood there before, and tells no change: it would be shown
 * and not be sent. (Not so in a textarea that the server filled: that one React sets back.) Fields that the browser made, and those without a
 * `value`, tell nothing.
 */
export function useEarlyText<E extends TextField>(value: unknown, tell: ((text: string) => void) | undefined): RefObject<E | null> {
  const field = useRef<E>(null);
  const isFromServer = !useHydrated();
  useLayoutEffect(() => {
    const element = field.current;
    if (!isFromServer || element === null || typeof value !== "string") return;
    if (element.value === "" || element.readOnly || element.matches(":disabled")) return;
    if (element.value !== asShown(element, value)) tell?.(element.value);
  }, [isFromServer, value, tell]);
  return field;
}

/** A field writes some texts in its own way, the ends of lines and the seconds of a time: nobody typed that. */
function asShown(element: TextField, value: string): string {
  const other = element.cloneNode() as TextField;
  other.value = value;
  return other.value;
}
