import type { Database, Transaction } from "#lib/db/client";
import { auditEvents } from "#lib/db/schema/audit-events";
import { changedFields, type Fields } from "#lib/domain/changed-fields";
import { makeId } from "#lib/domain/ids";
import { redactValue } from "#lib/log/redact";
import type { ServiceContext } from "../context.ts";

/** One change, as the verb saw it. Both sides: an update, of which only the fields that differ are kept. */
export type AuditEntry = {
  /** `<entity>.<verb>`, for example `backup.create`. */
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string | null;
  readonly targetName?: string;
  readonly before?: Fields | null;
  readonly after?: Fields | null;
};

const longestText = 2000;

/** Audit rows live forever: a certificate or a long note is kept by its beginning. */
function bounded(value: unknown): unknown {
  if (typeof value === "string") return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(bounded);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bounded(item)]));
}

function kept(fields: Fields | null): Record<string, unknown> | null {
  return fields === null ? null : (bounded(redactValue(fields)) as Record<string, unknown>);
}

/**
 * Writes one audit row. Call it in the transaction of the change itself: then neither exists without the other.
 * Secrets are masked here whatever the caller passed; that a password changed stays visible because the comparison comes first.
 */
export async function recordAudit(tx: Transaction | Database, context: ServiceContext, entry: AuditEntry): Promise<void> {
  await tx.insert(auditEvents).values(toRow(context, entry));
}

/** The same for many changes of one transaction, with a statement for every 500. */
export async function recordAudits(tx: Transaction, context: ServiceContext, entries: readonly AuditEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += 500) {
    await tx.insert(auditEvents).values(entries.slice(from, from + 500).map((entry) => toRow(context, entry)));
  }
}

function toRow(context: ServiceContext, entry: AuditEntry): typeof auditEvents.$inferInsert {
  const before = entry.before ?? null;
  const after = entry.after ?? null;
  const change = before !== null && after !== null ? changedFields(before, after) : { before, after };
  const { actor } = context;
  return {
    id: makeId("auditEvent", context.newUuid()),
    at: context.now(),
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    action: entry.action,
    targetType: entry.targetType,
    targetId: entry.targetId,
    targetName: entry.targetName ?? "",
    address: context.address,
    requestId: context.requestId,
    before: kept(change.before),
    after: kept(change.after),
  };
}
