import { and, eq, sql } from "drizzle-orm";
import { importPartBytes, type ImportDto } from "#lib/contracts/imports";
import type { Database } from "#lib/db/client";
import { imports } from "#lib/db/schema/imports";
import { LifeboatError, type Reason } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { authorise } from "../authorise.ts";
import { loadImport, findImport } from "./load.ts";
import { sniffFile } from "./sniff-file.ts";

/** Where the next part begins, and how long it may be at most. */
export type ExpectedPart = { readonly offset: number; readonly mostBytes: number };

/**
 * Says whether a part at `offset` is the next one. Throws `not-found`, and `import-part-mismatch` { receivedBytes } when it is not, also
 * for an upload that is whole already.
 */
export async function expectPart(context: ServiceContext, id: string, offset: number): Promise<ExpectedPart> {
  authorise(context, "backups:import");
  const row = await findImport(context.db, id);
  if (row.origin !== "upload" || row.state !== "uploading" || row.receivedBytes !== offset) {
    throw new LifeboatError("import-part-mismatch", { receivedBytes: row.receivedBytes });
  }
  return { offset, mostBytes: Math.min(importPartBytes, row.bytes - row.receivedBytes) };
}

/**
 * Counts a part whose bytes are on the disk, synced. With the last one the file is looked at: `ready`, or `failed` with
 * `import-format-unknown`. Throws `import-part-mismatch` when another part was counted meanwhile.
 */
export async function countPart(
  context: ServiceContext,
  id: string,
  part: { readonly offset: number; readonly bytes: number; readonly path: string },
): Promise<ImportDto> {
  authorise(context, "backups:import");
  const [moved] = await context.db
    .update(imports)
    .set({ receivedBytes: part.offset + part.bytes, touchedAt: context.now(), version: sql`${imports.version} + 1` })
    .where(and(eq(imports.id, id), eq(imports.state, "uploading"), eq(imports.receivedBytes, part.offset)))
    .returning();
  if (moved === undefined)
    throw new LifeboatError("import-part-mismatch", { receivedBytes: (await findImport(context.db, id)).receivedBytes });
  if (moved.receivedBytes === moved.bytes) await settleUpload(context.db, { id, fileName: moved.fileName, path: part.path });
  return loadImport(context.db, id);
}

/** Looks at an upload that is whole. Safe to be done again: a web process that died in between leaves it to the next look. */
export async function settleUpload(db: Database, upload: { id: string; fileName: string; path: string }): Promise<void> {
  const sniffed = await sniffFile(upload.path);
  const unknown = (found: string): Reason => ({ code: "import-format-unknown", params: { fileName: upload.fileName, found } });
  const found =
    sniffed.kind === "format"
      ? { state: "ready" as const, format: sniffed.format, takenAt: sniffed.takenAt, error: null }
      : { state: "failed" as const, format: null, takenAt: null, error: unknown(sniffed.found) };
  await db
    .update(imports)
    .set({ ...found, version: sql`${imports.version} + 1` })
    .where(and(eq(imports.id, upload.id), eq(imports.state, "uploading")));
}
