import { tokenStates } from "#lib/contracts/tokens";

/** What the address of the list of tokens may hold. */
export const tokenListSpec = { q: "text", state: tokenStates } as const;
