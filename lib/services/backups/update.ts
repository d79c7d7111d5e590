import { and, eq } from "drizzle-orm";
import type { BackupDto } from "#lib/contracts/backups";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { isVisible } from "./good.ts";
import { loadBackup } from "./load.ts";

/** Changes label, note or pin. Throws `not-found`, `version-required`, `version-conflict`. */
export async function updateBackup(context: ServiceContext, input: EndpointInput<typeof contract.updateBackup>): Promise<BackupDto> {
  authorise(context, "backups:edit");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  return context.db.transaction(async (tx) => {
    const [row] = await tx
      .select({
        label: backups.label,
        note: backups.note,
        pinned: backups.pinned,
        version: backups.version,
        fileName: backups.fileName,
      })
      .from(backups)
      .where(and(eq(backups.id, id), isVisible))
      .for("update");
    if (row === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
    refuseStale("backup", row.version, expected);
    const before = { label: row.label, note: row.note, pinned: row.pinned };
    const after = {
      label: input.body.label ?? row.label,
      note: input.body.note ?? row.note,
      pinned: input.body.pinned ?? row.pinned,
    };
    await tx
      .update(backups)
      .set({ ...after, version: row.version + 1 })
      .where(eq(backups.id, id));
    await recordAudit(tx, context, {
      action: "backup.update",
      targetType: "backup",
      targetId: id,
      targetName: row.fileName,
      before,
      after,
    });
    return loadBackup(tx, id);
  });
}
