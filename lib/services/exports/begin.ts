import type { ExportFormat } from "#lib/contracts/exports";
import type { Permission } from "#lib/domain/permissions";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

type Exported = { readonly entity: string; readonly list: string; readonly permission: Permission };

/**
 * Lets the export of a list begin: authorises, and writes down under `action` (`<entity>.export`) that it was asked for and with which filters.
 * Returns the file's name, `lifeboat-backups_20260105T093000Z.csv`.
 */
export async function beginExport(
  context: ServiceContext,
  { action, entity, list, permission }: Exported & { readonly action: string },
  { format, ...filter }: { readonly format: ExportFormat } & Readonly<Record<string, unknown>>,
): Promise<string> {
  authorise(context, permission);
  await recordAudit(context.db, context, { action, targetType: entity, targetId: null, after: { format, filter } });
  return exportFileName(list, format, context.now());
}

/** `lifeboat-audit_20260105T093000Z.csv` */
export function exportFileName(list: string, format: ExportFormat, now: Date): string {
  return `lifeboat-${list}_${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}.${format}`;
}
