import { type CheckDefinition, hiddenBody } from "#lib/contracts/drill-checks";

/**
 * A check without the body that its request sends, which may hold a password: that is for who writes plans, and for nobody who reads drills or reports.
 */
export function withHiddenBody(check: CheckDefinition): CheckDefinition {
  return check.type === "http" && check.body !== "" ? { ...check, body: hiddenBody } : check;
}

/** Checks as somebody sent them; where the mark stands for a body, it is the one that is stored under the check's key. */
export function withStoredBodies(sent: readonly CheckDefinition[], stored: readonly CheckDefinition[]): CheckDefinition[] {
  const bodies = new Map(stored.flatMap((check) => (check.type === "http" ? [[check.key, check.body]] : [])));
  return sent.map((check) =>
    check.type === "http" && check.body === hiddenBody ? { ...check, body: bodies.get(check.key) ?? check.body } : check,
  );
}
