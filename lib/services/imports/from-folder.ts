import type { EndpointInput } from "#lib/contracts/endpoint";
import type { importFromFolder as contract, ImportDto } from "#lib/contracts/imports";
import { LifeboatError } from "#lib/domain/error";
import { fileName } from "#lib/domain/file-path";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { askFolder } from "./folder-probe.ts";
import { insertImport } from "./insert-row.ts";

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
  return insertImport(context, {
    origin: "folder",
    state: "ready",
    fileName: name,
    path,
    bytes: file.bytes,
    receivedBytes: file.bytes,
    format: file.format,
    takenAt: file.takenAt === null ? null : new Date(file.takenAt),
  });
}
