import { errorCategories } from "./error-codes.ts";
import type { ErrorCode, Params, Reason } from "./error.ts";

const prefix = "error.";

/** Flattens the reason of something that failed into an alert's params, beside what else they say: `error` and `error.<param>`. */
export function withReason(params: Params, reason: Reason | null): Params {
  if (reason === null) return params;
  const named = Object.entries(reason.params).map(([name, value]) => [`${prefix}${name}`, value] as const);
  return { ...params, error: reason.code, ...Object.fromEntries(named) };
}

/** The reason that `withReason` put there, or null. A code of another version is none. */
export function reasonIn(params: Params): Reason | null {
  const code = params["error"];
  if (typeof code !== "string" || !Object.hasOwn(errorCategories, code)) return null;
  const named = Object.entries(params).filter(([name]) => name.startsWith(prefix));
  return { code: code as ErrorCode, params: Object.fromEntries(named.map(([name, value]) => [name.slice(prefix.length), value])) };
}
