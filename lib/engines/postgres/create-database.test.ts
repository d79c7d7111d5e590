import { describe, expect, it } from "vitest";
import type { DatabaseProperties } from "#lib/contracts/backups";
import { createStatement } from "./create-database.ts";
import type { ServerVersion } from "./server.ts";

const version = (major: number) => ({ major, text: `${major}.0` }) as ServerVersion;
const properties = (change: Partial<DatabaseProperties>) =>
  ({ encoding: "UTF8", collate: "de_DE.UTF-8", ctype: "C", localeProvider: "libc", icuLocale: null, ...change }) as DatabaseProperties;

describe("the statement that creates a database", () => {
  it("quotes every name, and takes the server's defaults where the backup recorded none", () => {
    expect(createStatement('x"; drop database y; --', null, version(17))).toBe(
      'create database "x""; drop database y; --" template template0',
    );
  });

  it.each([
    [14, {}, ""],
    [15, {}, " locale_provider libc"],
    [15, { localeProvider: "icu", icuLocale: "de-u-co-phonebk" }, " locale_provider icu icu_locale 'de-u-co-phonebk'"],
    [17, { localeProvider: "builtin", icuLocale: "C.UTF-8" }, " locale_provider builtin builtin_locale 'C.UTF-8'"],
    [17, { localeProvider: "builtin" }, " locale_provider builtin builtin_locale 'de_DE.UTF-8'"],
  ] as const)("names the locale's provider as PostgreSQL %i understands it: %o", (major, change, expected) => {
    const base = "create database \"shop\" template template0 encoding 'UTF8' lc_collate 'de_DE.UTF-8' lc_ctype 'C'";
    expect(createStatement("shop", properties(change), version(major))).toBe(base + expected);
  });

  it.each([
    [14, "icu", "15"],
    [16, "builtin", "17"],
  ] as const)("is refused on PostgreSQL %i for the provider %s", (major, localeProvider, needed) => {
    expect(() => createStatement("shop", properties({ localeProvider }), version(major))).toThrow(
      expect.objectContaining({
        code: "target-encoding-missing",
        params: { detail: `the locale provider ${localeProvider} needs PostgreSQL ${needed}` },
      }),
    );
  });
});
