import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createUpload as contract, ImportDto } from "#lib/contracts/imports";
import { imports } from "#lib/db/schema/imports";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { assertImportRoom } from "./import-file.ts";
import { loadImport } from "./load.ts";

/** Announces a file whose parts follow. Throws `no-space` with numbers when all of it would not fit. */
export async function createUpload(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<ImportDto> {
  authorise(context, "backups:import");
  const { fileName, bytes } = input.body;
  if (context.settings?.importFolder !== undefined) await assertImportRoom(context.settings.importFolder, bytes);
  const id = makeId("import", context.newUuid());
  const now = context.now();
  const { actor } = context;
  await context.db.transaction(async (tx) => {
    await tx.insert(imports).values({
      id,
      origin: "upload",
      state: "uploading",
      fileName,
      bytes,
      createdByType: actor.type,
      createdById: actor.id,
      createdByName: actor.name,
      createdAt: now,
      touchedAt: now,
    });
    await recordAudit(tx, context, {
      action: "import.create",
      targetType: "import",
      targetId: id,
      targetName: fileName,
      after: { origin: "upload", bytes },
    });
  });
  return loadImport(context.db, id);
}
