import { z } from "zod";
import { actorRef, idOf, instant, pageOf, pageQuery } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

export const auditEvent = z.object({
  id: idOf("auditEvent"),
  at: instant,
  actor: actorRef,
  /** `<entity>.<verb>`, for example `backup.create`. */
  action: z.string(),
  targetType: z.string(),
  targetId: z.string().nullable(),
  targetName: z.string(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
});
export type AuditEventDto = z.infer<typeof auditEvent>;

/** `actor` and `target` take an id or an exact name, `target` also a type; `backup` as an action means every action on backups. */
const auditFilter = z.object({
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  target: z.string().max(100).optional(),
  q: z.string().max(200).optional(),
  from: instant.optional(),
  to: instant.optional(),
});
export type AuditFilter = z.infer<typeof auditFilter>;

export const listAuditEvents = defineEndpoint({
  id: "listAuditEvents",
  method: "GET",
  path: "/audit-events",
  summary: "Who did what to which thing, from where; newest first",
  permission: "audit:read",
  query: pageQuery.extend(auditFilter.shape),
  response: pageOf(auditEvent),
});

/** Sent as a file while it is read; `text/csv` with a header row, before and after as JSON. */
export const exportAuditEvents = defineEndpoint({
  id: "exportAuditEvents",
  method: "GET",
  path: "/audit-events.csv",
  summary: "The audit log under the same filters as one CSV file, newest first; the export is itself recorded",
  permission: "audit:read",
  query: auditFilter,
  response: z.string(),
});
