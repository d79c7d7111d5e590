import { getRequestConfig } from "next-intl/server";
import english from "#messages/en";
import spanish from "#messages/es";
import type { AppLocale } from "./negotiate.ts";
import { readPreferences } from "./preferences.ts";

const messages: Record<AppLocale, typeof english> = { en: english, es: spanish };

/** What next-intl asks for on each request. There is no locale in addresses: the person, the cookie or the browser decides. */
export default getRequestConfig(async ({ locale }) => {
  const preferences = await readPreferences();
  const language = locale ?? preferences.locale;
  return { locale: language, timeZone: preferences.timeZone, messages: messages[language], now: new Date() };
});
