import { userStates } from "#lib/contracts/people";
import { roles } from "#lib/domain/permissions";

/** What the address of the list of people may hold. */
export const peopleListSpec = { q: "text", state: userStates, role: roles } as const;
