import type { EndpointInput } from "#lib/contracts/endpoint";
import type { importFromFolder as contract, ImportDto } from "#lib/contracts/imports";
import { imports } from "#lib/db/schema/imports";
import { LifeboatError } from "#lib/domain/error";
import { fileName } from "#lib/domain/file-path";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { askFolder } from "./folder-probe.ts";
import { loadImport } from "./load.ts";

/**
 * Takes a file of an allowed folder: it is looked at now and read when its import starts; it is never changed. Throws
 * `import-format-unknown` { fileName, found }, `file-outside`, `file-missing`, `no-worker` …
 */
export async function importFromFolder(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<ImportDto> {
  authorise(context, "backups:import");
  const { path, file } = await askFolder(context, { path: input.body.path, isFile: true });
  if (path === null || file === null) throw new LifeboatError("file-missing", { path: input.body.path });
  const name = fileName(path);
  if (file.format === null) throw new LifeboatError("import-format-unknown", { fileName: name, found: file.found });
  const id = makeId("import", context.newUuid());
  const now = context.now();
  const { actor } = context;
  await context.db.transaction(async (tx) => {
    await tx.insert(imports).values({
      id,
      origin: "folder",
      state: "ready",
      fileName: name,
      path,
      bytes: file.bytes,
      receivedBytes: file.bytes,
      format: file.format,
      takenAt: file.takenAt === null ? null : new Date(file.takenAt),
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
      targetName: name,
      after: { origin: "folder", path, bytes: file.bytes, format: file.format },
    });
  });
  return loadImport(context.db, id);
}
