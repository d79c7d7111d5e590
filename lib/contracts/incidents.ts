import { z } from "zod";
import { incidentChecklist, incidentKinds, incidentSeverities, incidentStates } from "../domain/incident-state.ts";
import { count, idOf, instant, pageOf, pageQuery, params, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

export const incident = z.object({
  id: idOf("incident"),
  /** Counts up from 1, for talking about it. */
  number: z.number().int(),
  title: z.string(),
  /** False: it is as Lifeboat named it, in English; pages say it in the reader's words. */
  titleIsOwn: z.boolean(),
  kind: z.enum(incidentKinds),
  severity: z.enum(incidentSeverities),
  state: z.enum(incidentStates),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  drillId: z.string().nullable(),
  assigneeId: z.string().nullable(),
  assigneeName: z.string().nullable(),
  openedAt: instant,
  openedByName: z.string(),
  closedAt: instant.nullable(),
  /** Items of the checklist that are neither confirmed nor waived. */
  openItems: count,
  version: z.number().int(),
});
export type IncidentDto = z.infer<typeof incident>;

export const incidentDetail = incident.extend({
  rootCause: z.string(),
  closedByName: z.string().nullable(),
  checklist: z.array(
    z.object({
      item: z.enum(incidentChecklist),
      state: z.enum(["open", "confirmed", "waived"]),
      /** Why it was waived, or what confirmed it. */
      note: z.string(),
      byName: z.string().nullable(),
      at: instant.nullable(),
    }),
  ),
  runs: z.array(z.object({ id: idOf("run"), type: z.string(), state: z.string(), finishedAt: instant.nullable() })),
  timeline: z.array(
    z.object({
      at: instant,
      code: z.enum(["opened", "note", "severity", "assigned", "title", "root-cause", "run-linked", "item", "closed", "reopened", "again"]),
      params,
      text: z.string(),
      actorName: z.string(),
    }),
  ),
});
export type IncidentDetailDto = z.infer<typeof incidentDetail>;

const byId = z.object({ id: idOf("incident") });

export const listIncidents = defineEndpoint({
  id: "listIncidents",
  method: "GET",
  path: "/incidents",
  summary: "Incidents, open ones first, newest first",
  permission: "incidents:read",
  query: pageQuery.extend({
    state: z.enum(incidentStates).optional(),
    severity: z.enum(incidentSeverities).optional(),
    source: idOf("source").optional(),
  }),
  response: pageOf(incident),
});

export const openIncident = defineEndpoint({
  id: "openIncident",
  method: "POST",
  path: "/incidents",
  summary: "Open an incident by hand",
  permission: "incidents:write",
  body: z.object({
    title: text(200).min(1),
    severity: z.enum(incidentSeverities),
    sourceId: idOf("source").optional(),
    runId: idOf("run").optional(),
    note: text(4000).default(""),
  }),
  response: incidentDetail,
  status: 201,
});

export const getIncident = defineEndpoint({
  id: "getIncident",
  method: "GET",
  path: "/incidents/{id}",
  summary: "One incident: timeline, runs, checklist",
  permission: "incidents:read",
  params: byId,
  response: incidentDetail,
});

export const updateIncident = defineEndpoint({
  id: "updateIncident",
  method: "PATCH",
  path: "/incidents/{id}",
  summary: "Change title, severity, assignee or root cause",
  permission: "incidents:write",
  params: byId,
  body: z
    .object({
      title: text(200).min(1),
      severity: z.enum(incidentSeverities),
      assigneeId: idOf("user").nullable(),
      rootCause: text(10_000),
    })
    .partial(),
  response: incidentDetail,
  ifMatch: true,
});

export const addIncidentNote = defineEndpoint({
  id: "addIncidentNote",
  method: "POST",
  path: "/incidents/{id}/notes",
  summary: "Add a note to the timeline",
  permission: "incidents:write",
  params: byId,
  body: z.object({ text: text(4000).min(1) }),
  response: incidentDetail,
  status: 201,
});

export const linkIncidentRun = defineEndpoint({
  id: "linkIncidentRun",
  method: "POST",
  path: "/incidents/{id}/runs",
  summary: "Link a run",
  permission: "incidents:write",
  params: byId,
  body: z.object({ runId: idOf("run") }),
  response: incidentDetail,
});

export const setIncidentItem = defineEndpoint({
  id: "setIncidentItem",
  method: "POST",
  path: "/incidents/{id}/checklist",
  summary: "Confirm an item of the closing checklist, waive it with a reason, or open it again",
  permission: "incidents:write",
  params: byId,
  body: z
    .object({ item: z.enum(incidentChecklist), state: z.enum(["open", "confirmed", "waived"]), note: text(2000).default("") })
    .refine((body) => body.state !== "waived" || body.note !== "", { path: ["note"], message: "say why it is waived" }),
  response: incidentDetail,
  ifMatch: true,
});

export const closeIncident = defineEndpoint({
  id: "closeIncident",
  method: "POST",
  path: "/incidents/{id}/close",
  summary: "Close it; every item of the checklist must be confirmed or waived",
  permission: "incidents:write",
  params: byId,
  body: z.object({ note: text(4000).default("") }),
  response: incidentDetail,
  ifMatch: true,
});

export const reopenIncident = defineEndpoint({
  id: "reopenIncident",
  method: "POST",
  path: "/incidents/{id}/reopen",
  summary: "Open a closed one again",
  permission: "incidents:write",
  params: byId,
  body: z.object({ note: text(4000).min(1) }),
  response: incidentDetail,
  ifMatch: true,
});
