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

export const listAuditEvents = defineEndpoint({
  id: "listAuditEvents",
  method: "GET",
  path: "/audit-events",
  summary: "Who did what to which thing, from where; newest first",
  permission: "audit:read",
  query: pageQuery.extend({
    actor: z.string().max(100).optional(),
    action: z.string().max(100).optional(),
    target: z.string().max(100).optional(),
    q: z.string().max(200).optional(),
    from: instant.optional(),
    to: instant.optional(),
  }),
  response: pageOf(auditEvent),
});
