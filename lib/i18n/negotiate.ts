import { locales } from "#lib/contracts/session";

export type AppLocale = (typeof locales)[number];

export const defaultLocale: AppLocale = "en";
export const defaultTimeZone = "UTC";

/** Cookies that keep a browser's choices while nobody is signed in. None is a secret and none grants anything. */
export const localeCookie = "lifeboat-locale";
export const timeZoneCookie = "lifeboat-time-zone";
export const themeCookie = "lifeboat-theme";

/** The language of a page: what the person chose, else what this browser chose, else the first of `Accept-Language` that we speak. */
export function negotiateLocale(chosen: string | null, cookie: string | undefined, acceptLanguage: string | null): AppLocale {
  return knownLocale(chosen) ?? knownLocale(cookie) ?? firstAccepted(acceptLanguage ?? "") ?? defaultLocale;
}

/** The zone that times are shown in: what the person chose, else what this browser told, else UTC. */
export function negotiateTimeZone(chosen: string | null, cookie: string | undefined): string {
  return [chosen, cookie].find((zone) => typeof zone === "string" && isTimeZone(zone)) ?? defaultTimeZone;
}

/** True for a name that this runtime's time zone data knows. */
export function isTimeZone(zone: string): boolean {
  if (zone.length === 0 || zone.length > 64) return false;
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function knownLocale(value: string | null | undefined): AppLocale | undefined {
  return locales.find((locale) => locale === value);
}

/** RFC 9110 §12.5.4: ranges with weights; `es-MX` is served by `es`, weight 0 means "not this one". */
function firstAccepted(header: string): AppLocale | undefined {
  const ranges = header
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [range = "", ...parameters] = part.trim().split(";");
      const weight = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find((each) => each !== undefined);
      return { language: range.trim().toLowerCase().split("-")[0] ?? "", weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0);
  const best = ranges.toSorted((a, b) => b.weight - a.weight).find(({ language }) => knownLocale(language) !== undefined);
  return knownLocale(best?.language);
}
