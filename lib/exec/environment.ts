import { inheritedEnvironment } from "#lib/env/inherited";

/**
 * The whole environment of a tool: `PATH` of this process, fixed locale and zone, no home folder (no `~/.pgpass`, no psqlrc), and
 * what the caller adds. Messages of tools are English and UTF-8, so that they can be understood by code.
 */
export function toolEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const locale = process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";
  return { ...inheritedEnvironment(), LANG: locale, LC_ALL: locale, TZ: "UTC", HOME: "/nonexistent", ...extra };
}
