"use client";
import { type RefObject, useLayoutEffect, useRef } from "react";
import { useHydrated } from "./use-hydrated.ts";

type TextField = HTMLInputElement | HTMLTextAreaElement;

/**
 * What somebody typed into the textareas of the server's HTML: React writes the server's text over it when it takes one over (`initTextarea`), before
 * any effect of ours runs. Fields that hold another text already when this module comes, then whatever is typed until their scripts have come.
 */
const typed = new WeakMap<EventTarget, string>();
if (typeof document !== "undefined") {
  for (const field of document.querySelectorAll("textarea")) if (field.value !== field.defaultValue) typed.set(field, field.value);
  const remember = ({ target }: Event) => void (target instanceof HTMLTextAreaElement && typed.set(target, target.value));
  document.addEventListener("input", remember, { capture: true });
}

/**
 * `<input ref={useEarlyText(value, onValueChange)} />`: tells what a person or a password manager put into the server's HTML before the page's
 * scripts took it over. React leaves that text in an input, but takes it for what stood there before, and tells no change: it would be shown
 * and not be sent; in a textarea it would be lost. Fields that the browser made, and those without a `value`, tell nothing.
 */
export function useEarlyText<E extends TextField>(value: unknown, tell: ((text: string) => void) | undefined): RefObject<E | null> {
  const field = useRef<E>(null);
  const isFromServer = !useHydrated();
  useLayoutEffect(() => {
    const element = field.current;
    if (!isFromServer || element === null || typeof value !== "string") return;
    if (element.readOnly || element.matches(":disabled")) return;
    const text = typed.get(element) ?? (element.value === "" ? null : element.value);
    if (text !== null && text !== asShown(element, value)) tell?.(text);
  }, [isFromServer, value, tell]);
  return field;
}

/** A field writes some texts in its own way, the ends of lines and the seconds of a time: nobody typed that. */
function asShown(element: TextField, value: string): string {
  const other = element.cloneNode() as TextField;
  other.value = value;
  return other.value;
}
