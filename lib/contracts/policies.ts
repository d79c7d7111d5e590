import { z } from "zod";
import { backupKinds } from "../domain/backup-state.ts";
import { keepReasons, removeReasons } from "../domain/retention-rule.ts";
import { count, idOf, instant, pageOf, pageQuery, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runDetail } from "./runs.ts";

const many = z.number().int().min(0).max(10_000);

export const simpleRule = z.discriminatedUnion("type", [
  z.object({ type: z.literal("per-kind"), fullMonths: many, differentialWeeks: many, incrementalDays: many }),
  z.object({ type: z.literal("gfs"), daily: many, weekly: many, monthly: many }),
  z.object({ type: z.literal("keep-last"), keep: z.number().int().min(1).max(10_000) }),
  z.object({ type: z.literal("keep-days"), days: z.number().int().min(1).max(36_500) }),
]);

const keepsSomething = (rule: z.infer<typeof simpleRule>) => Object.values(rule).some((value) => typeof value === "number" && value > 0);

/** A backup stays while any of `keep` says so; `capBytes` bounds what they store together. One of the two must be there. */
export const retentionRule = z
  .object({ keep: z.array(simpleRule).max(4), capBytes: z.number().int().min(1).nullable() })
  .refine(({ keep, capBytes }) => keep.length > 0 || capBytes !== null, "a rule or a size cap")
  .refine(({ keep }) => keep.every(keepsSomething), "a number above 0 in each rule")
  .refine(({ keep }) => new Set(keep.map(({ type }) => type)).size === keep.length, "each rule once");

const editable = {
  name: text(120).min(1),
  rule: retentionRule,
  /** Days in the trash before a backup is removed for good. */
  graceDays: z.number().int().min(0).max(365),
  /** Also after each good backup, beside the schedule for clean-up. */
  afterBackup: z.boolean(),
};

export const policy = z.object({
  id: idOf("policy"),
  ...editable,
  /** Offered from the start; may be changed like any other. */
  builtIn: z.boolean(),
  /** New sources get this one. */
  isDefault: z.boolean(),
  sourceCount: count,
  version: z.number().int(),
  createdAt: instant,
  updatedAt: instant,
});
export type PolicyDto = z.infer<typeof policy>;

const byId = z.object({ id: idOf("policy") });

export const listPolicies = defineEndpoint({
  id: "listPolicies",
  method: "GET",
  path: "/policies",
  summary: "Retention policies by name",
  permission: "policies:read",
  query: pageQuery,
  response: pageOf(policy),
});

export const createPolicy = defineEndpoint({
  id: "createPolicy",
  method: "POST",
  path: "/policies",
  summary: "Add a retention policy",
  permission: "policies:write",
  body: z.object({ ...editable, graceDays: editable.graceDays.default(3), afterBackup: editable.afterBackup.default(false) }),
  response: policy,
  status: 201,
});

export const getPolicy = defineEndpoint({
  id: "getPolicy",
  method: "GET",
  path: "/policies/{id}",
  summary: "One retention policy",
  permission: "policies:read",
  params: byId,
  response: policy,
});

export const updatePolicy = defineEndpoint({
  id: "updatePolicy",
  method: "PATCH",
  path: "/policies/{id}",
  summary: "Change a retention policy, or make it the default for new sources",
  permission: "policies:write",
  params: byId,
  body: z.object({ ...editable, isDefault: z.literal(true) }).partial(),
  response: policy,
  ifMatch: true,
});

export const deletePolicy = defineEndpoint({
  id: "deletePolicy",
  method: "DELETE",
  path: "/policies/{id}",
  summary: "Remove a policy that no source uses",
  permission: "policies:write",
  params: byId,
  response: z.null(),
  status: 204,
  ifMatch: true,
});

/** What a policy says of one backup. */
export const retentionDecision = z.object({
  backupId: z.string(),
  /** False: a backup that the schedules would make until then. */
  exists: z.boolean(),
  kind: z.enum(backupKinds),
  snapshotAt: instant,
  storedBytes: count,
  verdict: z.enum(["keep", "trash"]),
  reason: z.enum([...keepReasons, ...removeReasons]),
  /** `needed`: by which backup. */
  neededBy: z.string().nullable(),
});
export type RetentionDecisionDto = z.infer<typeof retentionDecision>;

export const simulateRetention = defineEndpoint({
  id: "simulateRetention",
  method: "POST",
  path: "/sources/{id}/retention/simulate",
  summary: "What would go today and at any future day, why each stays, and how space develops; nothing is changed",
  permission: "policies:read",
  params: z.object({ id: idOf("source") }),
  body: z.object({
    /** One of the two, or neither: the source's own policy. */
    policyId: idOf("policy").optional(),
    rule: retentionRule.optional(),
    /** The day that `decisions` are about, so many days from today. */
    day: z.number().int().min(0).max(730).default(0),
    /** How far `series` reaches. */
    days: z.number().int().min(1).max(730).default(365),
  }),
  response: z.object({
    /** Null: the source keeps everything. */
    policyName: z.string().nullable(),
    at: instant,
    decisions: z.array(retentionDecision),
    /** Per day from today on: what stays, the space with what waits in the trash, and how many move there that day. */
    series: z.array(z.object({ day: z.iso.date(), backups: count, storedBytes: count, trashed: count })),
    /** Sizes of backups to come are taken from so many of the source's own; 0: unknown, they count nothing. */
    basedOn: count,
    /** Not null: the schedules start too often to reckon with all of it; later than this no backup to come is in `decisions` and `series`. */
    plannedUntil: instant.nullable(),
  }),
});

export const cleanUpSource = defineEndpoint({
  id: "cleanUpSource",
  method: "POST",
  path: "/sources/{id}/clean-up",
  summary: "Carry out the retention policy now: move to the trash what is kept no longer, remove what waited there long enough",
  permission: "backups:delete",
  params: z.object({ id: idOf("source") }),
  response: runDetail,
  status: 202,
});

export const trashedBackup = z.object({
  id: idOf("backup"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  kind: z.enum(backupKinds),
  snapshotAt: instant,
  storedBytes: count,
  trashedAt: instant,
  reason: z.enum(removeReasons),
  trashedByName: z.string(),
  /** From then on a clean-up removes it for good. */
  purgeAt: instant,
  version: z.number().int(),
});

export const listTrash = defineEndpoint({
  id: "listTrash",
  method: "GET",
  path: "/trash",
  summary: "Backups in the trash, the next to be removed first",
  permission: "backups:read",
  query: pageQuery.extend({ source: idOf("source").optional() }),
  response: pageOf(trashedBackup),
});

export const restoreFromTrash = defineEndpoint({
  id: "restoreFromTrash",
  method: "POST",
  path: "/backups/{id}/restore-from-trash",
  summary: "Take a backup out of the trash, with all that it needs",
  permission: "backups:delete",
  params: z.object({ id: idOf("backup") }),
  response: z.object({ restored: z.array(idOf("backup")) }),
});

/** A clock that jumped: nothing is removed until somebody looked. Confirming is audited. */
export const clockState = z.object({
  suspectSince: instant.nullable(),
  /** Seconds by which this clock differs from what was expected. */
  jumpSeconds: z.number().int().nullable(),
  now: instant,
});

export const getClock = defineEndpoint({
  id: "getClock",
  method: "GET",
  path: "/settings/clock",
  summary: "Whether the clock is believed",
  permission: "system:read",
  response: clockState,
});

export const confirmClock = defineEndpoint({
  id: "confirmClock",
  method: "POST",
  path: "/settings/clock/confirm",
  summary: "The clock is right: removals go on",
  permission: "policies:write",
  response: clockState,
});
