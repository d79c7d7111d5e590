import { runStates, type RunType } from "#lib/domain/run-state";

/** What the addresses of the activity pages may say; server and client read them the same way. */
const listedTypes = ["backup", "verify", "restore", "delete"] as const satisfies readonly RunType[];

export const runListSpec = { type: listedTypes, state: [...runStates, "active"] } as const;
export const auditListSpec = { q: "text", action: "text", target: "text" } as const;
