import type { RestorePointDto } from "#lib/contracts/restore-points";

/** What the meter adds to a mark on the time line: a failure or a blocker first, else the highest step beyond being stored. */
export function proofOf({ meter, blocker }: Pick<RestorePointDto, "meter" | "blocker">): "verified" | "proven" | "failed" | null {
  const steps = [meter.stored, meter.verified, meter.proven];
  if (blocker !== null || steps.some(({ state }) => state === "failed")) return "failed";
  if (meter.proven.state === "yes") return "proven";
  return meter.verified.state === "yes" ? "verified" : null;
}
