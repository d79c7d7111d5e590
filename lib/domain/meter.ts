import type { CopyState } from "./backup-state.ts";

/** What the catalogue knows about one copy of a backup. */
export type CopyFacts = {
  readonly state: CopyState;
  readonly storedAt: Date | null;
  readonly verifiedAt: Date | null;
  /** Last verification that failed; null once a later one passed. */
  readonly failedAt: Date | null;
};

/** One finished drill of a backup. */
export type ProofFacts = { readonly verdict: "passed" | "failed"; readonly at: Date };

export type MeterStep = { readonly state: "never" | "yes" | "failed"; readonly at: Date | null };
export type Meter = { readonly stored: MeterStep; readonly verified: MeterStep; readonly proven: MeterStep };

const never: MeterStep = { state: "never", at: null };

function latest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((newest, time) => (time !== null && (newest === null || time > newest) ? time : newest), null);
}

function storedStep(copies: readonly CopyFacts[]): MeterStep {
  const whole = copies.filter((copy) => copy.state === "stored" && copy.storedAt !== null);
  if (whole.length > 0) return { state: "yes", at: latest(whole.map((copy) => copy.storedAt)) };
  const lost = copies.filter((copy) => copy.state === "missing" || copy.state === "damaged");
  return lost.length > 0 ? { state: "failed", at: latest(lost.map((copy) => copy.failedAt)) } : never;
}

function verifiedStep(copies: readonly CopyFacts[]): MeterStep {
  const good = copies.filter((copy) => copy.state === "stored" && copy.failedAt === null && copy.verifiedAt !== null);
  if (good.length > 0) return { state: "yes", at: latest(good.map((copy) => copy.verifiedAt)) };
  const failed = copies.filter((copy) => copy.failedAt !== null);
  return failed.length > 0 ? { state: "failed", at: latest(failed.map((copy) => copy.failedAt)) } : never;
}

function provenStep(proofs: readonly ProofFacts[]): MeterStep {
  const last = proofs.toSorted((left, right) => right.at.getTime() - left.at.getTime())[0];
  if (last === undefined) return never;
  return { state: last.verdict === "passed" ? "yes" : "failed", at: last.at };
}

/**
 * A backup's meter. Stored and verified are facts of copies, so the best copy decides: one good copy can be restored, whatever
 * happened to another. Proven is a fact of the backup: its last drill decides. No step is inferred from another.
 */
export function readMeter(copies: readonly CopyFacts[], proofs: readonly ProofFacts[]): Meter {
  return { stored: storedStep(copies), verified: verifiedStep(copies), proven: provenStep(proofs) };
}
