import type messages from "../../messages/en.json";
import type { AppLocale } from "./negotiate.ts";

/** Makes every message key that is used a type: a key that is not in messages/en.json does not compile. */
declare module "use-intl" {
  interface AppConfig {
    Locale: AppLocale;
    Messages: typeof messages;
  }
}
