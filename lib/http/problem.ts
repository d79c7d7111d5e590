import type { Problem } from "#lib/contracts/common";
import { describeReason } from "#lib/contracts/describe-reason";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { errorCategories, type ErrorCategory } from "#lib/domain/error-codes";

/** Category → status, once. */
export const statusOfCategory: Readonly<Record<ErrorCategory, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  method: 405,
  conflict: 409,
  stale: 412,
  "too-large": 413,
  range: 416,
  unprocessable: 422,
  "precondition-required": 428,
  "too-many": 429,
  internal: 500,
  unavailable: 503,
};

/** One place of the input that is wrong. */
export type Issue = { readonly path: string; readonly message: string };

/** `invalid-input` with every issue, for the form that shows them beside their fields. */
export class InvalidInputError extends LifeboatError {
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    const shown = issues.slice(0, 3).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super("invalid-input", { issues: shown.join("; ") });
    this.issues = issues;
  }
}

const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ETIMEDOUT",
  "EPIPE",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  // PostgreSQL: cannot connect now, too many connections, shutting down, crashed.
  "57P01",
  "57P02",
  "57P03",
  "53300",
]);

/** The web process talks to nothing but the catalogue, so a lost connection is the catalogue's. */
function isCatalogueUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  const code = (error as { code?: unknown }).code;
  return (typeof code === "string" && unreachableCodes.has(code)) || isCatalogueUnavailable(error.cause, depth + 1);
}

/** True when PostgreSQL refused a write of the catalogue because its disk is full. */
function isCatalogueFull(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  return (error as { code?: unknown }).code === "53100" || isCatalogueFull(error.cause, depth + 1);
}

/** What is answered for anything thrown: ours as it is, a lost catalogue as that, the rest as `internal` without its text. */
export function toLifeboatError(error: unknown): LifeboatError {
  if (error instanceof LifeboatError) return error;
  if (isCatalogueFull(error)) return new LifeboatError("catalogue-full", {}, { cause: error });
  if (isCatalogueUnavailable(error)) return new LifeboatError("catalogue-unavailable", {}, { cause: error });
  const { code, params } = reasonOf(error);
  return new LifeboatError(code, params, { cause: error });
}

/** Status and RFC 9457 body of an error. */
export function problemOf(error: LifeboatError, requestId: string): Problem {
  const { message, hint } = describeReason(error.reason);
  return {
    type: `https://lifeboat.invalid/problems/${error.code}`,
    title: error.code,
    status: statusOfCategory[errorCategories[error.code]],
    code: error.code,
    params: error.params,
    detail: message,
    hint,
    requestId,
    ...(error instanceof InvalidInputError ? { issues: [...error.issues] } : {}),
  };
}

/** Headers of a problem beside its content type. */
export function problemHeaders(error: LifeboatError, requestId: string): Record<string, string> {
  const { retryAfterSeconds, sizeBytes, allow } = error.params;
  return {
    "content-type": "application/problem+json",
    ...answerHeaders(requestId),
    ...(error.code === "not-signed-in" ? { "www-authenticate": "Bearer" } : {}),
    ...(typeof retryAfterSeconds === "number" ? { "retry-after": String(retryAfterSeconds) } : {}),
    ...(typeof sizeBytes === "number" ? { "content-range": `bytes */${sizeBytes}` } : {}),
    ...(typeof allow === "string" ? { allow } : {}),
  };
}

/** Headers of every answer of the API. */
export function answerHeaders(requestId: string): Record<string, string> {
  return { "x-content-type-options": "nosniff", "cache-control": "private, no-store", "x-request-id": requestId };
}

/** The problem as a `Response`. */
export function problemResponse(error: LifeboatError, requestId: string): Response {
  const problem = problemOf(error, requestId);
  return new Response(JSON.stringify(problem), { status: problem.status, headers: problemHeaders(error, requestId) });
}
