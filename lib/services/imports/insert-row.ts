import type { ImportDto } from "#lib/contracts/imports";
import { imports } from "#lib/db/schema/imports";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { loadImport } from "./load.ts";

type Row = typeof imports.$inferInsert;
type Values = Pick<Row, "state" | "fileName" | "bytes"> &
  (
    | { readonly origin: "upload" }
    | ({ readonly origin: "folder"; readonly path: string } & Required<Pick<Row, "receivedBytes" | "format" | "takenAt">>)
  );

/** What every new import shares, wherever its file comes from: the row under an id and its maker, and its audit row. */
export async function insertImport(context: ServiceContext, values: Values): Promise<ImportDto> {
  const id = makeId("import", context.newUuid());
  const now = context.now();
  const { actor } = context;
  const { origin, fileName, bytes } = values;
  await context.db.transaction(async (tx) => {
    await tx.insert(imports).values({
      ...values,
      id,
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
      after: origin === "upload" ? { origin, bytes } : { origin, path: values.path, bytes, format: values.format },
    });
  });
  return loadImport(context.db, id);
}
