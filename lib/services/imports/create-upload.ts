import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createUpload as contract, ImportDto } from "#lib/contracts/imports";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { assertImportRoom } from "./import-file.ts";
import { insertImport } from "./insert-row.ts";

/** Announces a file whose parts follow. Throws `no-space` with numbers when all of it would not fit. */
export async function createUpload(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<ImportDto> {
  authorise(context, "backups:import");
  const { fileName, bytes } = input.body;
  if (context.settings?.importFolder !== undefined) await assertImportRoom(context.settings.importFolder, bytes);
  return insertImport(context, { origin: "upload", state: "uploading", fileName, bytes });
}
