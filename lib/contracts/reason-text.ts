import type { ErrorCode, Params } from "../domain/error.ts";

/** Looks a message up under `errors` and fills in its values, for example `(key, values) => t(key, values)` with next-intl's `t`. */
export type ErrorTranslator = (key: `${ErrorCode}.message` | `${ErrorCode}.hint`, values: Record<string, string | number>) => string;

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

function bytesText(bytes: number, locale: string): string {
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const digits = power === 0 ? 0 : 1;
  const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    bytes / 1024 ** power,
  );
  return `${shown} ${units[power]}`;
}

/** Every value that some message names (a test compares). A row written by another version may lack one: it then reads `?`. */
export const messageParams = [
  "actual",
  "actualBytes",
  "actualSeconds",
  "at",
  "backup",
  "backupVersion",
  "best",
  "by",
  "bytes",
  "check",
  "code",
  "count",
  "cron",
  "database",
  "detail",
  "email",
  "engine",
  "entity",
  "exitCode",
  "expected",
  "expectedBytes",
  "extension",
  "failed",
  "field",
  "fileName",
  "first",
  "format",
  "found",
  "freeBytes",
  "group",
  "host",
  "install",
  "installationId",
  "issues",
  "keptName",
  "key",
  "keyId",
  "limitBytes",
  "line",
  "major",
  "marker",
  "minutes",
  "name",
  "needed",
  "neededBytes",
  "number",
  "objectiveSeconds",
  "objects",
  "operator",
  "owner",
  "part",
  "path",
  "permission",
  "port",
  "receivedBytes",
  "removed",
  "retryAfterSeconds",
  "roles",
  "roots",
  "runId",
  "seconds",
  "segments",
  "server",
  "serverVersion",
  "signal",
  "sizeBytes",
  "source",
  "state",
  "status",
  "table",
  "tables",
  "tablespaces",
  "target",
  "tool",
  "type",
  "user",
  "what",
  "who",
  "why",
  "workerId",
] as const;

const unknownValues: Record<string, string | number> = Object.fromEntries(messageParams.map((name) => [name, "?"]));

/** Makes params fit for a message: sizes (`…Bytes`) become text in binary units, null becomes `none`. */
function messageValues(params: Params, locale: string): Record<string, string | number> {
  const known = Object.entries(params).map(([name, value]) => {
    if (value === null) return [name, "none"] as const;
    if (typeof value === "boolean") return [name, String(value)] as const;
    if (typeof value === "number" && name.endsWith("Bytes")) return [name, bytesText(value, locale)] as const;
    return [name, value] as const;
  });
  return { ...unknownValues, ...Object.fromEntries(known) };
}

/** The text of a reason in the language of `translate`. Pages use it with `useTranslations("errors")`. */
export function reasonText(
  reason: { readonly code: ErrorCode; readonly params: Params },
  translate: ErrorTranslator,
  locale: string,
): { message: string; hint: string } {
  const values = messageValues(reason.params, locale);
  return { message: translate(`${reason.code}.message`, values), hint: translate(`${reason.code}.hint`, values) };
}
