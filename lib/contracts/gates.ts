import { z } from "zod";
import { backupKinds } from "../domain/backup-state.ts";
import { gateCheckers, gateStates } from "../domain/gate-state.ts";
import { actorRef, count, idOf, instant, pageOf, pageQuery, reason, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

export const gate = z.object({
  id: idOf("gate"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  state: z.enum(gateStates),
  kind: z.enum(backupKinds),
  /** True only after `passed`. */
  mayDeploy: z.boolean(),
  commit: z.string(),
  operator: z.string(),
  checker: z.enum(gateCheckers),
  /** The declared command's name, or the program that the caller runs (without its arguments). */
  command: z.string().nullable(),
  backupId: z.string().nullable(),
  backupRunId: z.string().nullable(),
  verifyRunId: z.string().nullable(),
  checkRunId: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  /** What the release check said, bounded and redacted. */
  output: z.string(),
  /** Why it failed. */
  error: reason.nullable(),
  createdBy: actorRef,
  startedAt: instant,
  backedUpAt: instant.nullable(),
  verifiedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** A gate that is not over then fails. */
  deadlineAt: instant,
});
export type GateDto = z.infer<typeof gate>;

const byId = z.object({ id: idOf("gate") });

export const createGate = defineEndpoint({
  id: "createGate",
  method: "POST",
  path: "/gates",
  summary: "Before a deployment: back up, verify, run the release check; anything but `passed` means do not deploy",
  permission: "gates:create",
  body: z.object({
    sourceId: idOf("source"),
    kind: z.enum(backupKinds).default("full"),
    commit: text(200).default(""),
    operator: text(200).default(""),
    /** `client`: the caller runs its check after `checking` and reports it. `worker`: a command that the worker's host declares. */
    check: z
      .discriminatedUnion("by", [
        z.object({ by: z.literal("none") }),
        z.object({ by: z.literal("client"), program: text(200).min(1) }),
        z.object({ by: z.literal("worker"), command: text(120).min(1) }),
      ])
      .default({ by: "none" }),
    timeoutMinutes: z.number().int().min(1).max(1440).default(120),
  }),
  response: gate,
  status: 202,
});

export const listGates = defineEndpoint({
  id: "listGates",
  method: "GET",
  path: "/gates",
  summary: "Gates, newest first",
  permission: "gates:read",
  query: pageQuery.extend({ source: idOf("source").optional(), state: z.enum(gateStates).optional() }),
  response: pageOf(gate),
});

export const getGate = defineEndpoint({
  id: "getGate",
  method: "GET",
  path: "/gates/{id}",
  summary: "One gate",
  permission: "gates:read",
  params: byId,
  response: gate,
});

export const reportGateCheck = defineEndpoint({
  id: "reportGateCheck",
  method: "POST",
  path: "/gates/{id}/check",
  summary: "How the caller's release check ended; only its first report counts",
  permission: "gates:create",
  params: byId,
  body: z.object({ exitCode: z.number().int().min(0).max(255), durationMs: count, output: text(4000).default("") }),
  response: gate,
});

export const cancelGate = defineEndpoint({
  id: "cancelGate",
  method: "POST",
  path: "/gates/{id}/cancel",
  summary: "Give a gate up; it fails, and what it started is cancelled",
  permission: "gates:create",
  params: byId,
  response: gate,
});

/** Parsed by the web server itself, before Next: `maxAge` is a number and one of s, m, h, d, w. */
export const backUpIfStale = defineEndpoint({
  id: "backUpIfStale",
  method: "POST",
  path: "/sources/{id}/back-up-if-stale",
  summary: "A safety net: starts a backup when the last good one is older than maxAge; never waits for it",
  permission: "backups:create",
  params: z.object({ id: idOf("source") }),
  query: z.object({ maxAge: z.string().regex(/^[1-9]\d{0,6}[smhdw]$/, "a number and s, m, h, d or w, for example 7d") }),
  response: z.object({
    /**
     * `fresh`: nothing was done. `started`: this call or one at the same time started a backup. `running`: one is on its way. `failed`: the last one
     * did not succeed less than ten minutes ago, so no other was started yet, or one has waited for a quarter of an hour for workers that are not there.
     */
    state: z.enum(["fresh", "started", "running", "failed"]),
    lastGoodAt: instant.nullable(),
    ageSeconds: count.nullable(),
    runId: z.string().nullable(),
  }),
});
