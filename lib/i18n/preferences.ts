import { cookies, headers } from "next/headers";
import { cache } from "react";
import { themes } from "#lib/contracts/session";
import { localeCookie, negotiateLocale, negotiateTimeZone, themeCookie, timeZoneCookie, type AppLocale } from "./negotiate.ts";
import { findMe } from "./find-me.ts";

export type Theme = (typeof themes)[number];
export type Preferences = {
  readonly locale: AppLocale;
  readonly timeZone: string;
  readonly theme: Theme;
  /** Nobody has told a zone yet: the browser is asked for its own once. */
  readonly timeZoneUnknown: boolean;
};

/** How the reader of this request wants pages: the signed-in person's row first, then this browser's cookies, then its headers. */
export const readPreferences = cache(async (): Promise<Preferences> => {
  const [jar, head, me] = await Promise.all([cookies(), headers(), findMe()]);
  const zoneCookie = jar.get(timeZoneCookie)?.value;
  return {
    locale: negotiateLocale(me?.locale ?? null, jar.get(localeCookie)?.value, head.get("accept-language")),
    timeZone: negotiateTimeZone(me?.timeZone ?? null, zoneCookie),
    theme: me?.theme ?? themes.find((theme) => theme === jar.get(themeCookie)?.value) ?? "system",
    timeZoneUnknown: (me?.timeZone ?? null) === null && zoneCookie === undefined,
  };
});
