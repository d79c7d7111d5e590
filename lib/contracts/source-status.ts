import { z } from "zod";
import { dueStates } from "./drill-plans.ts";
import { count, idOf, instant } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/** What other dashboards show of a source: small, stable, without names of tables or hosts. */
export const sourceStatus = z.object({
  sourceId: idOf("source"),
  name: z.string(),
  /** `good`: the objective is met and nothing failed since. */
  level: z.enum(["good", "attention", "bad", "paused"]),
  /** The newest good backup is not older than the schedules promise (without schedules: 26 hours). */
  objectiveMet: z.boolean(),
  objectiveSeconds: count,
  lastGoodAt: instant.nullable(),
  lastVerifiedAt: instant.nullable(),
  lastProvenAt: instant.nullable(),
  nextBackupAt: instant.nullable(),
  drill: z.enum(dueStates),
  running: z.boolean(),
  openAlerts: count,
});
export type SourceStatusDto = z.infer<typeof sourceStatus>;

const bySource = z.object({ id: idOf("source") });

export const getSourceStatus = defineEndpoint({
  id: "getSourceStatus",
  method: "GET",
  path: "/sources/{id}/status",
  summary: "The state of one source for other dashboards",
  permission: "sources:read",
  params: bySource,
  /** `hasLink`: there is an address under which it is public; which one, nobody knows any more. */
  response: sourceStatus.extend({ hasLink: z.boolean() }),
});

/** `on` makes a new address each time: `/api/status/<key>` (JSON) and `/api/status/<key>/badge.svg`, readable by whoever has it. */
export const setStatusLink = defineEndpoint({
  id: "setStatusLink",
  method: "POST",
  path: "/sources/{id}/status-link",
  summary: "Make (or take back) an address under which a source's state is public",
  permission: "policies:write",
  params: bySource,
  body: z.object({ on: z.boolean() }),
  response: z.object({ path: z.string().nullable() }),
});
