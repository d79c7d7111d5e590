import type { PolicyDto } from "#lib/contracts/policies";
import type { retentionPolicies } from "#lib/db/schema/retention-policies";

export type PolicyRow = typeof retentionPolicies.$inferSelect;

export function toPolicyDto(row: PolicyRow, { sourceCount }: { sourceCount: number }): PolicyDto {
  return {
    id: row.id,
    name: row.name,
    rule: { keep: [...row.rule.keep], capBytes: row.rule.capBytes },
    graceDays: row.graceDays,
    afterBackup: row.afterBackup,
    builtIn: row.builtIn,
    isDefault: row.isDefault,
    sourceCount,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What the audit trail keeps of a policy. */
export function auditedPolicy(row: PolicyRow): Record<string, unknown> {
  return { name: row.name, rule: row.rule, graceDays: row.graceDays, afterBackup: row.afterBackup, isDefault: row.isDefault };
}
