import type { Environment } from "./backup-state.ts";
import type { Reason } from "./error.ts";

export type Confirmation = {
  /** What was typed as the name; undefined when nothing was. */
  readonly typed: string | undefined;
  readonly database: string;
  /** Null where nobody said what the target is: it counts as production. */
  readonly environment: Environment | null;
  readonly confirmProduction: boolean;
};

/** Why a replacement may not start yet: the name typed exactly, and production said a second time. Null: it may. */
export function replaceConfirmation({ typed, database, environment, confirmProduction }: Confirmation): Reason | null {
  if (typed !== database) return { code: "confirmation-mismatch", params: { expected: database } };
  const isProduction = environment === null || environment === "production";
  return isProduction && !confirmProduction ? { code: "confirmation-production", params: { database } } : null;
}
