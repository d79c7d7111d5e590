"use client";
import { NextIntlClientProvider, useLocale } from "next-intl";
import { useEffect, useSyncExternalStore, type ReactNode } from "react";
import { timeZoneCookie } from "#lib/i18n/negotiate";
import { rememberChoice } from "./browser-cookie.tsx";

const never = () => () => undefined;
const own = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const notKnownYet = () => undefined;

/**
 * Where the server was told no zone yet (`wanted`), times are shown in this browser's, and the server is told for the next page. The
 * first page is written in UTC and only its times change: it is not asked for again.
 */
export function BrowserTimeZone({ wanted, children }: { wanted: boolean; children: ReactNode }) {
  const locale = useLocale();
  const zone = useSyncExternalStore(never, own, notKnownYet);
  useEffect(() => {
    if (wanted) rememberChoice(timeZoneCookie, own());
  }, [wanted]);
  return (
    <NextIntlClientProvider locale={locale} timeZone={wanted ? zone : undefined}>
      {children}
    </NextIntlClientProvider>
  );
}
