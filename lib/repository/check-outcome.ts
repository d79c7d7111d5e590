import { LifeboatError } from "#lib/domain/error";
import type { CheckOutcome, PackRef } from "./port.ts";

/** Codes that say something about packs; anything else (no permission, an abort, a bug) is not a verdict and is thrown. */
const verdictCodes = new Set(["pack-missing", "pack-truncated", "pack-damaged", "chain-broken", "stream-mismatch", "format-unknown"]);

/** What an error says of the packs. Throws it on when it says nothing of them. */
export function toVerdict(error: unknown): LifeboatError {
  if (error instanceof LifeboatError && verdictCodes.has(error.code)) return error;
  throw error;
}

export function outcome(code: CheckOutcome["code"], expected: string, actual: string): CheckOutcome {
  return { code, verdict: expected === actual ? "passed" : "failed", expected, actual };
}

export function skipped(code: CheckOutcome["code"], expected: string): CheckOutcome {
  return { code, verdict: "skipped", expected, actual: "" };
}

export function packChecksumDiffers({ key, storedSha256 }: PackRef, actual: string): LifeboatError {
  return new LifeboatError("pack-damaged", { key, detail: `SHA-256 ${actual} instead of ${storedSha256}` });
}
