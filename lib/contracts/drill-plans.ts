import { z } from "zod";
import { drillVerdicts } from "../domain/drill-state.ts";
import { count, idOf, instant, pageOf, pageQuery } from "./common.ts";
import { checkSet } from "./drill-checks.ts";
import { defineEndpoint } from "./endpoint.ts";

/** Which backup a drill restores. `days`: taken at random among those of the last so many days. `at`: the newest at or before it. */
export const drillSelection = z.discriminatedUnion("type", [
  z.object({ type: z.literal("latest") }),
  z.object({ type: z.literal("latest-with-incrementals") }),
  z.object({ type: z.literal("random"), days: z.number().int().min(1).max(3650) }),
  z.object({ type: z.literal("date"), at: instant }),
  z.object({ type: z.literal("never-proven") }),
]);
export type DrillSelection = z.infer<typeof drillSelection>;

/** Where it is restored. `automatic`: a sandbox where the machine can start one, else a temporary database on the source's own server, said before step 1. */
export const drillTargetChoice = z.discriminatedUnion("type", [
  z.object({ type: z.literal("automatic") }),
  z.object({ type: z.literal("sandbox") }),
  z.object({ type: z.literal("server"), serverId: idOf("server") }),
]);
export type DrillTargetChoice = z.infer<typeof drillTargetChoice>;

/** `months`: on the same day so many months later. */
export const drillCadence = z.object({ unit: z.enum(["days", "weeks", "months"]), every: z.number().int().min(1).max(60) });
export type DrillCadence = z.infer<typeof drillCadence>;

const seconds = z.number().int().min(1).max(31_536_000);

/** Markdown of at most 100,000 characters. Tabs and line breaks are kept. */
export const playbookText = z
  .string()
  .max(100_000)
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/u, "no control characters");

const editable = {
  enabled: z.boolean(),
  selection: drillSelection,
  target: drillTargetChoice,
  /** Objectives in seconds; null: none was agreed on. */
  recoveryTimeSeconds: seconds.nullable(),
  recoveryPointSeconds: seconds.nullable(),
  cadence: drillCadence,
  /** Days after the due date until a drill counts as overdue. */
  graceDays: z.number().int().min(0).max(365),
  ownerId: idOf("user").nullable(),
  checks: checkSet,
  playbook: playbookText,
  /** True: starts by itself when it is due, and closes itself. */
  unattended: z.boolean(),
  nextDueAt: instant,
};

/** `none`: the plan is switched off, or there is no backup to restore yet. */
export const dueStates = ["none", "ok", "due-soon", "due", "overdue", "running"] as const;
export type DueState = (typeof dueStates)[number];

export const drillPlan = z.object({
  id: idOf("drillPlan"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  ...editable,
  ownerName: z.string().nullable(),
  /** Nobody has looked at it yet: it is as Lifeboat proposed it. */
  proposed: z.boolean(),
  playbookVersion: z.number().int(),
  due: z.enum(dueStates),
  /** The drill of this source that is not over, if there is one. */
  openDrillId: z.string().nullable(),
  lastDrill: z.object({ id: idOf("drill"), verdict: z.enum(drillVerdicts), closedAt: instant }).nullable(),
  lastProvenAt: instant.nullable(),
  updatedAt: instant,
  version: z.number().int(),
});
export type DrillPlanDto = z.infer<typeof drillPlan>;

/** In lists, without the long texts. */
export const drillPlanSummary = drillPlan.omit({ checks: true, playbook: true });
export type DrillPlanSummaryDto = z.infer<typeof drillPlanSummary>;

const bySource = z.object({ id: idOf("source") });

export const listDrillPlans = defineEndpoint({
  id: "listDrillPlans",
  method: "GET",
  path: "/drill-plans",
  summary: "Drill plans, the most overdue first",
  permission: "drills:read",
  query: pageQuery.extend({ due: z.enum(dueStates).optional() }),
  response: pageOf(drillPlanSummary),
});

export const getDrillPlan = defineEndpoint({
  id: "getDrillPlan",
  method: "GET",
  path: "/sources/{id}/drill-plan",
  summary: "How a source is rehearsed",
  permission: "drills:read",
  params: bySource,
  response: drillPlan,
});

export const updateDrillPlan = defineEndpoint({
  id: "updateDrillPlan",
  method: "PATCH",
  path: "/sources/{id}/drill-plan",
  summary: "Change a drill plan; a changed playbook becomes a new version of it",
  permission: "drills:plan",
  params: bySource,
  body: z.object(editable).partial(),
  response: drillPlan,
  ifMatch: true,
});

export const copyDrillChecks = defineEndpoint({
  id: "copyDrillChecks",
  method: "POST",
  path: "/sources/{id}/drill-plan/copy-checks",
  summary: "Take over the checks of another source's plan; those with the same key are replaced",
  permission: "drills:plan",
  params: bySource,
  body: z.object({ fromSourceId: idOf("source"), keys: z.array(z.string().max(60)).max(200).optional() }),
  response: drillPlan,
  ifMatch: true,
});

export const playbookVersion = z.object({ version: z.number().int(), text: z.string(), authorName: z.string(), createdAt: instant });
export type PlaybookVersionDto = z.infer<typeof playbookVersion>;

export const listPlaybooks = defineEndpoint({
  id: "listPlaybooks",
  method: "GET",
  path: "/sources/{id}/drill-plan/playbooks",
  summary: "Every version of a plan's playbook, newest first",
  permission: "drills:read",
  params: bySource,
  query: pageQuery,
  response: pageOf(playbookVersion),
});

/** What the hosts' configuration allows drills to start, by name. */
export const drillHooks = z.object({
  commands: z.array(z.object({ name: z.string(), description: z.string(), timeoutSeconds: count })),
  applications: z.array(z.object({ name: z.string(), description: z.string(), hasMigrationHead: z.boolean() })),
  /** Why a declared file could not be used; empty when all is well. */
  problems: z.array(z.string()),
});
export type DrillHooksDto = z.infer<typeof drillHooks>;

export const getDrillHooks = defineEndpoint({
  id: "getDrillHooks",
  method: "GET",
  path: "/drill-hooks",
  summary: "Commands and applications that hosts declare for drills",
  permission: "drills:read",
  response: drillHooks,
});
