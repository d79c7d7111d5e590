import { eq } from "drizzle-orm";
import { rm } from "node:fs/promises";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { deleteImport as contract } from "#lib/contracts/imports";
import { imports } from "#lib/db/schema/imports";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { importPath } from "./import-file.ts";
import { lockImport } from "./load.ts";

/**
 * Forgets an import and its uploaded bytes; a backup made from it and a folder's file stay. Throws `not-found`, and `run-active` while
 * its run works on it.
 */
export async function deleteImport(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<null> {
  authorise(context, "backups:import");
  const { id } = input.params;
  await context.db.transaction(async (tx) => {
    const row = await lockImport(tx, id);
    if (row.state === "running") throw new LifeboatError("run-active", { runId: row.runId ?? "", type: "import" });
    const folder = context.settings?.importFolder;
    // Where the folder cannot be reached from here, the sweep of a worker removes what no row names.
    if (row.origin === "upload" && folder !== undefined) await rm(importPath(folder, id), { force: true }).catch(() => undefined);
    await tx.delete(imports).where(eq(imports.id, id));
    await recordAudit(tx, context, {
      action: "import.delete",
      targetType: "import",
      targetId: id,
      targetName: row.fileName,
      before: { origin: row.origin, bytes: row.bytes, state: row.state },
    });
  });
  return null;
}
