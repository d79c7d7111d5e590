import type { UserDto } from "#lib/contracts/people";

/** Why a person can be neither disabled nor given another role: `self` by themselves, `last-admin` by anybody. */
export type PersonBlock = "self" | "last-admin";

/**
 * What the page can know before it asks; the server decides again. `activeAdmins` undefined: not known yet, and then nothing but oneself
 * is taken for blocked.
 */
export function personBlock(
  person: Pick<UserDto, "id" | "role" | "state">,
  meId: string,
  activeAdmins: number | undefined,
): PersonBlock | null {
  if (person.role === "admin" && person.state === "active" && activeAdmins === 1) return "last-admin";
  return person.id === meId ? "self" : null;
}
