import { eq } from "drizzle-orm";
import type { ImportDto } from "#lib/contracts/imports";
import type { Database, Transaction } from "#lib/db/client";
import { imports } from "#lib/db/schema/imports";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { type ImportRow, toImportDto } from "./dto.ts";

/** One import as lists show it. Throws `not-found`. */
export async function loadImport(db: Database | Transaction, id: string): Promise<ImportDto> {
  const [found] = await db
    .select({ row: imports, sourceName: sources.name })
    .from(imports)
    .leftJoin(sources, eq(sources.id, imports.sourceId))
    .where(eq(imports.id, id));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "import", id });
  return toImportDto(found.row, found);
}

/** The row itself. Throws `not-found`. */
export async function findImport(db: Database | Transaction, id: string): Promise<ImportRow> {
  const [row] = await db.select().from(imports).where(eq(imports.id, id));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "import", id });
  return row;
}

/** The row, locked until the transaction ends. Throws `not-found`. */
export async function lockImport(tx: Transaction, id: string): Promise<ImportRow> {
  const [row] = await tx.select().from(imports).where(eq(imports.id, id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "import", id });
  return row;
}
