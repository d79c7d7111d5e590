import { sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/audit";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { auditEvents } from "#lib/db/schema/audit-events";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped } from "../keyset.ts";
import { auditFilter, readAuditPage } from "./events.ts";

/** Who did what to which thing, newest first. */
export async function listAuditEvents(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listAuditEvents>,
): Promise<EndpointOutput<typeof contract.listAuditEvents>> {
  authorise(context, "audit:read");
  const { limit, after } = input.query;
  const where = auditFilter(input.query);
  const page = await readAuditPage(context.db, where, { limit, after });
  // A first page that holds everything was its own count: a rare text is then looked for once, not twice.
  const isWhole = after === undefined && page.next === null;
  const counted = isWhole ? { total: page.items.length, totalCapped: false } : await countCapped(context.db, sql`${auditEvents}`, where);
  return { ...page, ...counted };
}
