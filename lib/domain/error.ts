import type { errorCategories } from "./error-codes.ts";

/** A code of the closed union in `error-codes.ts`. */
export type ErrorCode = keyof typeof errorCategories;

/** Values that a message may name. Never a secret: params are stored, logged and shown. */
export type Params = Readonly<Record<string, string | number | boolean | null>>;

/** What happened, as data. Text is made at the edge from `messages/<locale>.json`. */
export type Reason = { readonly code: ErrorCode; readonly params: Params };

/** The one error that crosses layers on purpose. Anything else that is thrown is a bug and answers 500. */
export class LifeboatError extends Error {
  readonly code: ErrorCode;
  readonly params: Params;

  constructor(code: ErrorCode, params: Params = {}, options: { cause?: unknown } = {}) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = "LifeboatError";
    this.code = code;
    this.params = params;
  }

  get reason(): Reason {
    return { code: this.code, params: this.params };
  }
}

/** Turns anything thrown into a reason; what is not ours becomes `internal`, its text stays in the log. */
export function reasonOf(error: unknown): Reason {
  return error instanceof LifeboatError ? error.reason : { code: "internal", params: {} };
}
