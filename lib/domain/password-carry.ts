/** Where a stored password would be sent. */
export type PasswordTarget = { readonly host: string; readonly port: number; readonly username: string };

export type PasswordDecision =
  | { readonly use: "stored" }
  | { readonly use: "none" }
  | { readonly use: "given"; readonly password: string }
  | { readonly use: "ask-again"; readonly changed: readonly (keyof PasswordTarget)[] };

/**
 * Decides which password goes with a changed address. `given` absent: the stored one stays, but only for the very host, port and
 * role that it was entered for; else whoever may edit a server could have it sent to a host of their own. `given` empty: none.
 */
export function decidePassword(
  before: PasswordTarget,
  after: PasswordTarget,
  hasStored: boolean,
  given: string | undefined,
): PasswordDecision {
  if (given !== undefined) return given === "" ? { use: "none" } : { use: "given", password: given };
  if (!hasStored) return { use: "none" };
  const changed = (["host", "port", "username"] as const).filter((field) => before[field] !== after[field]);
  return changed.length === 0 ? { use: "stored" } : { use: "ask-again", changed };
}
