import { runStates, type RunType } from "#lib/domain/run-state";

/** What the addresses of the activity pages may say; server and client read them the same way. */
const listedTypes = ["backup", "verify", "restore", "delete"] as const satisfies readonly RunType[];

export const runListSpec = { type: listedTypes, state: [...runStates, "active"] } as const;
const hourMs = 3_600_000;
const auditSince = { "1d": 1, "7d": 7, "30d": 30 } as const;

export const auditListSpec = { q: "text", action: "text", target: "text", since: ["1d", "7d", "30d"] } as const;

/** The first moment of a period that ends now, to the hour: server and client ask the same question. */
export function auditFrom(since: keyof typeof auditSince | undefined, nowMs: number): string | undefined {
  if (since === undefined) return undefined;
  return new Date(Math.floor(nowMs / hourMs) * hourMs - auditSince[since] * 24 * hourMs).toISOString();
}
