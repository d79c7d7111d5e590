import { z } from "zod";
import { runStates, runTriggers, runTypes, stepStates } from "../domain/run-state.ts";
import { actorRef, count, idOf, instant, pageOf, pageQuery, params, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/** Codes of steps; `runs.steps.<code>` holds their names in each language. */
export const stepCodes = [
  "prepare",
  "resolve",
  "connect",
  "tls",
  "sign-in",
  "version",
  "privileges",
  "tools",
  "size",
  "databases",
  "dump",
  "publish",
  "reread",
  "check-pack",
  "decode",
  "archive-list",
  "spool",
  "create-database",
  "load",
  "compare",
  "remove",
  "inspect",
  "safety-check",
  "follow",
  "swap",
  "drop-kept",
  "open-base",
  "check-chain",
  "synthesize",
  "verify-copy",
  "retire",
  "snapshot-file",
  "check-source",
  "list-storage",
  "read-orphans",
  "settle",
  "detect",
  "sandbox",
  "run-script",
  "check-target",
  "replace-file",
  "count-source",
  "choose-backup",
  "preflight",
  "start-target",
  "create-roles",
  "read-archive",
  "read-copy",
  "inspect-copy",
  "built-in-checks",
  "own-checks",
  "judge",
  "remove-copy",
  "prove-removed",
  "write-report",
  "evaluate",
  "trash",
  "purge",
  "run-command",
] as const;
export type StepCode = (typeof stepCodes)[number];

export const runStep = z.object({
  code: z.enum(stepCodes),
  state: z.enum(stepStates),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** Facts that the step found (for example a version or a count). */
  facts: params,
  error: reason.nullable(),
});
export type RunStepDto = z.infer<typeof runStep>;

export const runProgress = z.object({
  bytesDone: count,
  /** Null where no honest total is known. */
  bytesTotal: count.nullable(),
  bytesPerSecond: count,
  tablesDone: count,
  tablesTotal: count.nullable(),
  currentTable: z.string().nullable(),
  /** Null where an estimate would be a guess. */
  secondsLeft: count.nullable(),
});
export type RunProgressDto = z.infer<typeof runProgress>;

export const run = z.object({
  id: idOf("run"),
  type: z.enum(runTypes),
  state: z.enum(runStates),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  backupId: z.string().nullable(),
  serverId: z.string().nullable(),
  trigger: z.enum(runTriggers),
  reason: z.string(),
  note: z.string(),
  progress: runProgress,
  cancelRequested: z.boolean(),
  error: reason.nullable(),
  warnings: z.array(z.string()),
  createdBy: actorRef,
  workerId: z.string().nullable(),
  /** This run starts when that one has ended: a replacement waits for its safety backup. */
  afterRunId: z.string().nullable(),
  /** The chain that this run verifies as a whole, if it does. */
  chainId: z.string().nullable(),
  /** The restore that this run carries out, if it is one. */
  restoreId: z.string().nullable(),
  /** The drill that this run is a part of, if it is. */
  drillId: z.string().nullable(),
  queuedAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});
export type RunDto = z.infer<typeof run>;

export const runDetail = run.extend({
  steps: z.array(runStep),
  /** While it is queued: the group of workers that may take it, and whether one of them has given a sign of life lately. */
  waitsFor: z.object({ group: z.string(), served: z.boolean() }).nullable(),
});
export type RunDetailDto = z.infer<typeof runDetail>;

export const runLogLine = z.object({
  seq: count,
  at: instant,
  level: z.enum(["info", "warning", "error"]),
  text: z.string(),
});
export type RunLogLineDto = z.infer<typeof runLogLine>;

export const listRuns = defineEndpoint({
  id: "listRuns",
  method: "GET",
  path: "/runs",
  summary: "Runs, newest first; probes are left out unless asked for",
  permission: "runs:read",
  query: pageQuery.extend({
    source: idOf("source").optional(),
    type: z.enum(runTypes).optional(),
    state: z.enum([...runStates, "active"]).optional(),
    probes: z.stringbool().default(false),
  }),
  response: pageOf(run),
});

export const getRun = defineEndpoint({
  id: "getRun",
  method: "GET",
  path: "/runs/{id}",
  summary: "One run with its steps and progress",
  permission: "runs:read",
  params: z.object({ id: idOf("run") }),
  response: runDetail,
});

/** With `Accept: text/event-stream` the same route follows the log: one `line` event a row, `end` when the run is final. */
export const getRunLog = defineEndpoint({
  id: "getRunLog",
  method: "GET",
  path: "/runs/{id}/log",
  summary: "The run's log after a sequence number; as an event stream when asked for",
  permission: "runs:read",
  params: z.object({ id: idOf("run") }),
  query: z.object({ after: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(2000).default(500) }),
  response: z.object({ lines: z.array(runLogLine), next: count, final: z.boolean() }),
});

export const cancelRun = defineEndpoint({
  id: "cancelRun",
  method: "POST",
  path: "/runs/{id}/cancel",
  summary: "Ask the worker to stop a run and to remove what it left",
  permission: "runs:cancel",
  params: z.object({ id: idOf("run") }),
  response: runDetail,
  status: 202,
});
