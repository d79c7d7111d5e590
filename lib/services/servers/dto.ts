import { describeReason } from "#lib/contracts/describe-reason";
import type { ServerDto } from "#lib/contracts/servers";
import type { servers } from "#lib/db/schema/servers";

export type ServerRow = typeof servers.$inferSelect;

/** Passwords never leave: the DTO only says whether there is one. */
export function toServerDto(row: ServerRow, joined: { sourceCount: number }): ServerDto {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    host: row.host,
    port: row.port,
    tlsMode: row.tlsMode,
    tlsCa: row.tlsCa,
    username: row.username,
    hasPassword: row.passwordSealed !== null,
    maintenanceDatabase: row.maintenanceDatabase,
    restoreUsername: row.restoreUsername,
    hasRestorePassword: row.restorePasswordSealed !== null,
    notes: row.notes,
    workerGroup: row.workerGroup,
    serverVersion: row.serverVersion,
    lastCheckedAt: row.lastCheckedAt?.toISOString() ?? null,
    lastError: row.lastError === null ? null : describeReason(row.lastError),
    sourceCount: joined.sourceCount,
    isSample: row.isSample,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
  };
}

/** What the audit trail keeps of a server; `recordAudit` masks the passwords and keeps that they changed. */
export function auditedServer(row: ServerRow): Record<string, unknown> {
  return {
    name: row.name,
    host: row.host,
    port: row.port,
    tlsMode: row.tlsMode,
    tlsCa: row.tlsCa,
    username: row.username,
    password: row.passwordSealed,
    maintenanceDatabase: row.maintenanceDatabase,
    restoreUsername: row.restoreUsername,
    restorePassword: row.restorePasswordSealed,
    notes: row.notes,
  };
}
