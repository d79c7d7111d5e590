import { z } from "zod";
import { checkTypes } from "../domain/drill-checks.ts";
import { drillStates, drillVerdicts } from "../domain/drill-state.ts";
import { count, idOf, instant, pageOf, pageQuery } from "./common.ts";
import { drill, drillCheck, drillClock, drilledBackup } from "./drills.ts";
import { defineEndpoint } from "./endpoint.ts";
import { exportFormats } from "./exports.ts";

const listQuery = pageQuery.extend({
  source: idOf("source").optional(),
  state: z.enum(["open", "closed", "aborted"]).optional(),
  verdict: z.enum(drillVerdicts).optional(),
  from: instant.optional(),
  to: instant.optional(),
});

export const listDrills = defineEndpoint({
  id: "listDrills",
  method: "GET",
  path: "/drills",
  summary: "Drills, newest first",
  permission: "drills:read",
  query: listQuery,
  response: pageOf(drill),
});

export const exportDrills = defineEndpoint({
  id: "exportDrills",
  method: "GET",
  path: "/drills/export",
  summary: "The drills under the list's filters as one file; the export is itself recorded",
  permission: "drills:read",
  query: listQuery.omit({ limit: true, after: true }).extend({ format: z.enum(exportFormats).default("csv") }),
  response: z.string(),
});

const calendarSource = z.object({
  sourceId: idOf("source"),
  sourceName: z.string(),
  nextDueAt: instant.nullable(),
  drills: z.array(z.object({ id: idOf("drill"), at: instant, verdict: z.enum(drillVerdicts).nullable(), state: z.enum(drillStates) })),
});
export type CalendarSourceDto = z.infer<typeof calendarSource>;

export const drillCalendar = defineEndpoint({
  id: "drillCalendar",
  method: "GET",
  path: "/drills/calendar",
  summary: "Drills of a year by source, with the days on which they were and will be due; sources by name",
  permission: "drills:read",
  query: pageQuery.extend({ year: z.coerce.number().int().min(2000).max(9999), q: z.string().max(200).optional() }),
  response: pageOf(calendarSource),
});

export const drillTrend = defineEndpoint({
  id: "drillTrend",
  method: "GET",
  path: "/drills/trend",
  summary: "Recovery times of closed drills against their objectives, oldest first, and the share that passed",
  permission: "drills:read",
  query: z.object({ source: idOf("source").optional(), limit: z.coerce.number().int().min(1).max(200).default(60) }),
  response: z.object({
    points: z.array(
      z.object({
        drillId: idOf("drill"),
        sourceId: idOf("source"),
        sourceName: z.string(),
        closedAt: instant,
        verdict: z.enum(drillVerdicts),
        recoveryMs: count.nullable(),
        recoveryTimeSeconds: z.number().int().nullable(),
      }),
    ),
    closed: count,
    passed: count,
  }),
});
export type DrillTrendDto = z.infer<typeof drillTrend.response>;

/** `at`: when a backup of the source was last restored and compared with success; null: never. */
const provenSource = z.object({ sourceId: idOf("source"), sourceName: z.string(), at: instant.nullable() });
export type ProvenSourceDto = z.infer<typeof provenSource>;

export const listProvenSources = defineEndpoint({
  id: "listProvenSources",
  method: "GET",
  path: "/drills/proven",
  summary: "When a backup of each source was last restored and found equal: the never proven first, then the longest ago",
  permission: "drills:read",
  query: pageQuery.extend({ source: idOf("source").optional() }),
  response: pageOf(provenSource),
});

const side = z.object({ drill, clock: drillClock, backup: drilledBackup.nullable() });

export const compareDrills = defineEndpoint({
  id: "compareDrills",
  method: "GET",
  path: "/drills/compare",
  summary: "Two drills beside each other: times, sizes, verdicts of the same checks",
  permission: "drills:read",
  query: z.object({ left: idOf("drill"), right: idOf("drill") }),
  response: z.object({
    left: side,
    right: side,
    checks: z.array(
      z.object({ key: z.string(), type: z.enum(checkTypes), name: z.string(), left: drillCheck.nullable(), right: drillCheck.nullable() }),
    ),
  }),
});
export type DrillComparisonDto = z.infer<typeof compareDrills.response>;
