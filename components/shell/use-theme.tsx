"use client";
/** `const [theme, setTheme] = useTheme()`: changes the page at once, this browser's cookie, and the person's row. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { themes, updateMe } from "#lib/contracts/session";
import { call } from "#lib/http/client";
import { themeCookie } from "#lib/i18n/negotiate";
import { rememberChoice } from "./browser-cookie.tsx";

export type Theme = (typeof themes)[number];

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setShown] = useState<Theme>("system");
  const { mutate } = useMutation({ mutationFn: (next: Theme) => call(updateMe, { body: { theme: next } }) });
  useEffect(() => {
    const root = document.documentElement;
    const read = () => setShown(themes.find((each) => each === root.dataset["theme"]) ?? "system");
    read();
    const observer = new MutationObserver(read);
    observer.observe(root, { attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  const setTheme = (next: Theme) => {
    document.documentElement.dataset["theme"] = next;
    rememberChoice(themeCookie, next);
    mutate(next);
  };
  return [theme, setTheme];
}
