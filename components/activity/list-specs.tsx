import { runStates, type RunType } from "#lib/domain/run-state";

/** What the addresses of the activity pages may say; server and client read them the same way. */
const listedTypes = [
  "backup",
  "verify",
  "verify-chain",
  "synthesize",
  "import",
  "restore",
  "drill-prepare",
  "drill-restore",
  "drill-check",
  "drill-close",
  "delete",
  "clean-up",
  "gate-check",
] as const satisfies readonly RunType[];

export const runListSpec = { type: listedTypes, state: [...runStates, "active"] } as const;

/** What an entry can be about, as a filter; `target` in the address also takes one thing's id. */
export const auditTargets = [
  "source",
  "backup",
  "chain",
  "import",
  "restore",
  "drill",
  "run",
  "server",
  "user",
  "token",
  "session",
  "incident",
  "schedule",
  "policy",
  "gate",
  "channel",
] as const;

export const auditListSpec = {
  q: "text",
  actor: "text",
  action: "text",
  target: "text",
  since: ["1d", "7d", "30d", "range"],
  from: "text",
  to: "text",
} as const;
