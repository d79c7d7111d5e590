import { LifeboatError } from "#lib/domain/error";

/** The version that the request's `If-Match` carries. Throws `version-required` without one. */
export function requireVersion(ifMatch: number | null): number {
  if (ifMatch === null) throw new LifeboatError("version-required");
  return ifMatch;
}

/** Throws `version-conflict` { entity, current } when the row moved on. Compare under a row lock, in the transaction of the change. */
export function refuseStale(entity: string, current: number, expected: number): void {
  if (current !== expected) throw new LifeboatError("version-conflict", { entity, current });
}
