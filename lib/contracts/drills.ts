import { z } from "zod";
import { backupKinds } from "../domain/backup-state.ts";
import { checkStates, checkTypes } from "../domain/drill-checks.ts";
import { drillPhases, drillStates, drillTargetTypes, drillVerdicts } from "../domain/drill-state.ts";
import { runStates } from "../domain/run-state.ts";
import { count, idOf, instant, params, postgresName, reason, text } from "./common.ts";
import { checkDefinition } from "./drill-checks.ts";
import { drillTargetChoice, playbookText } from "./drill-plans.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runStep } from "./runs.ts";

export const drillTriggers = ["manual", "api", "schedule"] as const;

/** Names of what the drill restored, as they were then. */
export const drilledBackup = z.object({
  id: idOf("backup"),
  chainId: z.string(),
  kind: z.enum(backupKinds),
  snapshotAt: instant,
  fileName: z.string(),
  streamBytes: count,
  storedBytes: count,
  /** Of the whole stream. */
  sha256: z.string(),
  serverVersion: z.string(),
  toolVersion: z.string(),
  /** Backups of the chain whose packs were read, oldest first, itself last. */
  chain: z.array(
    z.object({ backupId: z.string(), kind: z.enum(backupKinds).nullable(), snapshotAt: instant.nullable(), readBytes: count }),
  ),
  tables: count,
  rows: count,
});

export const drillTarget = z.object({
  type: z.enum(drillTargetTypes),
  /** `server`: the name of the temporary database. `sandbox`: the database in it. `file`: the file's name. */
  name: z.string(),
  serverId: z.string().nullable(),
  serverName: z.string().nullable(),
  /** Of the server that it is restored to; null before it is known. */
  serverVersion: z.string().nullable(),
  hostName: z.string().nullable(),
  /** Runs as another account, without network. */
  confined: z.boolean(),
});

/** What prepare found. `blockers` would make the restore fail or the drill meaningless; `warnings` are to be known. */
export const drillPreflight = z.object({
  checkedAt: instant,
  items: z.array(
    z.object({
      code: z.enum([
        "backup",
        "chain",
        "packs",
        "disk",
        "tools",
        "server",
        "extensions",
        "roles",
        "target-name",
        "port",
        "objectives",
        "checks",
        "hooks",
      ]),
      state: z.enum(["good", "warning", "blocked"]),
      facts: params,
      reason: reason.nullable(),
    }),
  ),
  /** What the restore should take in milliseconds, and by how many restores that is judged; null without a basis. */
  estimate: z.object({ milliseconds: count, basedOn: count }).nullable(),
  /** Seconds between the backup's snapshot and the moment of the look. */
  recoveryPointSeconds: count,
});
export type DrillPreflightDto = z.infer<typeof drillPreflight>;

export const drillCheck = z.object({
  key: z.string(),
  ordinal: count,
  type: z.enum(checkTypes),
  name: z.string(),
  mandatory: z.boolean(),
  definition: checkDefinition,
  state: z.enum(checkStates),
  /** Short texts for people; numbers in them are plain. */
  expected: z.string(),
  actual: z.string(),
  /** Why it failed, in words of every language; null when it passed or has not run. */
  reason: reason.nullable(),
  /** What it found at length: differing tables, output of a command. At most 64 KiB. */
  evidence: z.string(),
  startedAt: instant.nullable(),
  durationMs: count.nullable(),
  /** Of a manual check: who decided, and the note. */
  decidedBy: z.string().nullable(),
  note: z.string(),
  /** Earlier verdicts of this drill, oldest first: a re-run hides nothing. */
  attempts: z.array(z.object({ state: z.enum(["passed", "failed"]), at: instant, by: z.string(), actual: z.string() })),
});
export type DrillCheckDto = z.infer<typeof drillCheck>;

/** The recovery clock in milliseconds; it starts with the restore and stops when the last mandatory check has passed. */
export const drillClock = z.object({
  startedAt: instant.nullable(),
  stoppedAt: instant.nullable(),
  /** From start to stop (or now), with pauses and with people. */
  elapsedMs: count.nullable(),
  /** What machines worked of it. */
  machineMs: count,
  pausedMs: count,
  recoveryTimeSeconds: z.number().int().nullable(),
  recoveryPointSeconds: z.number().int().nullable(),
  /** From the backup's snapshot to the start of the drill. */
  actualRecoveryPointSeconds: count.nullable(),
});

export const drillEvent = z.object({
  at: instant,
  code: z.enum([
    "started",
    "prepared",
    "backup-chosen",
    "restore-started",
    "restored",
    "restore-failed",
    "checks-started",
    "checks-finished",
    "check-answered",
    "paused",
    "resumed",
    "handed-over",
    "looked-at",
    "interrupted",
    "closing",
    "closed",
    "aborting",
    "aborted",
  ]),
  params,
  actorName: z.string(),
});

export const drill = z.object({
  id: idOf("drill"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  environment: z.string(),
  engine: z.enum(["postgres", "sqlite"]),
  state: z.enum(drillStates),
  phase: z.enum(drillPhases),
  trigger: z.enum(drillTriggers),
  unattended: z.boolean(),
  verdict: z.enum(drillVerdicts).nullable(),
  backupId: z.string().nullable(),
  snapshotAt: instant.nullable(),
  operatorId: z.string().nullable(),
  operatorName: z.string(),
  pausedAt: instant.nullable(),
  /** Why it does not go on by itself; null while all is well. */
  problem: reason.nullable(),
  startedAt: instant,
  closedAt: instant.nullable(),
  recoveryMs: count.nullable(),
  recoveryTimeSeconds: z.number().int().nullable(),
  checksPassed: count,
  checksFailed: count,
  checksTotal: count,
  reportId: z.string().nullable(),
  incidentId: z.string().nullable(),
  version: z.number().int(),
});
export type DrillDto = z.infer<typeof drill>;

export const drillDetail = drill.extend({
  backup: drilledBackup.nullable(),
  target: drillTarget.nullable(),
  preflight: drillPreflight.nullable(),
  clock: drillClock,
  checks: z.array(drillCheck),
  /** The verdict that checks and findings allow at most; null before all mandatory ones ran. */
  bestVerdict: z.enum(drillVerdicts).nullable(),
  /** Why it is no better. */
  verdictReasons: z.array(reason),
  playbook: z.object({ version: z.number().int(), text: z.string() }),
  /** Steps of all its runs, in order: the waterfall. */
  runs: z.array(
    z.object({
      id: idOf("run"),
      type: z.string(),
      state: z.enum(runStates),
      startedAt: instant.nullable(),
      finishedAt: instant.nullable(),
      steps: z.array(runStep),
    }),
  ),
  activeRunId: z.string().nullable(),
  events: z.array(drillEvent),
  findings: z.array(z.object({ text: z.string(), action: z.string() })),
  improvement: z.string(),
  signOff: z.object({ name: z.string(), at: instant, userId: z.string().nullable() }).nullable(),
  /** What was looked for after the clean-up, and how much of it was found. */
  cleanUp: z.object({ at: instant, databases: count, processes: count, folders: count, files: count, detail: z.string() }).nullable(),
  nextDueAt: instant.nullable(),
});
export type DrillDetailDto = z.infer<typeof drillDetail>;

const byId = z.object({ id: idOf("drill") });
export const startDrill = defineEndpoint({
  id: "startDrill",
  method: "POST",
  path: "/drills",
  summary:
    "Start a drill of a source by its plan: chooses a backup and looks whether it can be restored. unattended=true goes through to the report by itself",
  permission: "drills:operate",
  body: z.object({
    sourceId: idOf("source"),
    /** Instead of the plan's choice. */
    backupId: idOf("backup").optional(),
    target: drillTargetChoice.optional(),
    unattended: z.boolean().default(false),
  }),
  response: drillDetail,
  status: 201,
});

export const getDrill = defineEndpoint({
  id: "getDrill",
  method: "GET",
  path: "/drills/{id}",
  summary: "One drill: backup, target, clock, steps, checks, events",
  permission: "drills:read",
  params: byId,
  response: drillDetail,
});

export const prepareDrill = defineEndpoint({
  id: "prepareDrill",
  method: "POST",
  path: "/drills/{id}/prepare",
  summary: "Look again, with another backup or target where they are given",
  permission: "drills:operate",
  params: byId,
  body: z.object({ backupId: idOf("backup").optional(), target: drillTargetChoice.optional() }),
  response: drillDetail,
  status: 202,
});

export const restoreDrill = defineEndpoint({
  id: "restoreDrill",
  method: "POST",
  path: "/drills/{id}/restore",
  summary: "Start the recovery clock and restore; what an earlier attempt left goes first",
  permission: "drills:operate",
  params: byId,
  response: drillDetail,
  status: 202,
});

export const runDrillChecks = defineEndpoint({
  id: "runDrillChecks",
  method: "POST",
  path: "/drills/{id}/checks",
  summary: "Run the automatic checks again, all or some of them",
  permission: "drills:operate",
  params: byId,
  body: z.object({ keys: z.array(z.string().max(60)).max(200).optional() }),
  response: drillDetail,
  status: 202,
});

export const answerDrillCheck = defineEndpoint({
  id: "answerDrillCheck",
  method: "POST",
  path: "/drills/{id}/checks/{key}/answer",
  summary: "Decide a manual check, with a note",
  permission: "drills:operate",
  params: byId.extend({ key: z.string().max(60) }),
  body: z.object({ verdict: z.enum(["passed", "failed"]), note: text(4000).default("") }),
  response: drillDetail,
});

export const pauseDrill = defineEndpoint({
  id: "pauseDrill",
  method: "POST",
  path: "/drills/{id}/pause",
  summary: "Pause: nothing new is started, the sandbox stays; the pause is shown in the report",
  permission: "drills:operate",
  params: byId,
  body: z.object({ note: text(500).default("") }),
  response: drillDetail,
});

export const resumeDrill = defineEndpoint({
  id: "resumeDrill",
  method: "POST",
  path: "/drills/{id}/resume",
  summary: "Go on after a pause",
  permission: "drills:operate",
  params: byId,
  response: drillDetail,
});

export const handOverDrill = defineEndpoint({
  id: "handOverDrill",
  method: "POST",
  path: "/drills/{id}/hand-over",
  summary: "Make another admin the operator",
  permission: "drills:operate",
  params: byId,
  body: z.object({ userId: idOf("user"), note: text(500).default("") }),
  response: drillDetail,
});

export const abortDrill = defineEndpoint({
  id: "abortDrill",
  method: "POST",
  path: "/drills/{id}/abort",
  summary: "Stop whatever runs, remove the copy and end the drill without a verdict",
  permission: "drills:operate",
  params: byId,
  body: z.object({ reason: text(500).default("") }),
  response: drillDetail,
  status: 202,
});

export const closeDrill = defineEndpoint({
  id: "closeDrill",
  method: "POST",
  path: "/drills/{id}/close",
  summary:
    "Sign off: remove the copy, prove that it is gone, write and sign the report. The verdict may be worse than the checks say, never better",
  permission: "drills:operate",
  params: byId,
  body: z.object({
    verdict: z.enum(drillVerdicts),
    findings: z
      .array(z.object({ text: text(4000).min(1), action: text(4000).default("") }))
      .max(50)
      .default([]),
    improvement: text(4000).default(""),
    /** The playbook as it shall be from now on; left out: unchanged. */
    playbook: playbookText.optional(),
    /** Typed by the person who signs. */
    signedName: text(120).min(1),
  }),
  response: drillDetail,
  status: 202,
  ifMatch: true,
});

/** Cells as text; null is NULL. */
const cells = z.array(z.array(z.string().nullable()));

export const queryDrill = defineEndpoint({
  id: "queryDrill",
  method: "POST",
  path: "/drills/{id}/query",
  summary: "One SQL statement on the restored copy, read only, with a time limit; at most 500 rows",
  permission: "drills:operate",
  params: byId,
  body: z.object({ sql: z.string().trim().min(1).max(20_000) }),
  response: z.object({ columns: z.array(z.string()), rows: cells, truncated: z.boolean(), durationMs: count }),
});
export type DrillQueryDto = z.infer<typeof queryDrill.response>;

export const browseDrill = defineEndpoint({
  id: "browseDrill",
  method: "POST",
  path: "/drills/{id}/browse",
  summary: "A page of a table of the restored copy; without a table, the tables",
  permission: "drills:operate",
  params: byId,
  body: z.object({
    table: z.object({ schema: postgresName, table: postgresName }).optional(),
    offset: z.number().int().min(0).max(1_000_000_000).default(0),
  }),
  response: z.object({
    tables: z.array(z.object({ schema: z.string(), table: z.string(), rows: count.nullable() })),
    columns: z.array(z.string()),
    rows: cells,
    hasMore: z.boolean(),
  }),
});
export type DrillBrowseDto = z.infer<typeof browseDrill.response>;

/** A secret: asked for with POST, so that it stands in no address; recorded in the audit. */
export const connectDrill = defineEndpoint({
  id: "connectDrill",
  method: "POST",
  path: "/drills/{id}/connection",
  summary: "A connection URL of the sandbox for an application that is started on the copy; valid until the drill is closed",
  permission: "drills:operate",
  params: byId,
  response: z.object({ url: z.string(), hostName: z.string(), readOnlyUrl: z.string() }),
});
