import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { ensurePlan } from "../drill-plans/ensure.ts";
import { chooseSlug } from "./choose-slug.ts";
import { auditedSource, type SourceRow } from "./dto.ts";

type Values = Omit<typeof sources.$inferInsert, "id" | "slug" | "createdAt" | "updatedAt">;

/** What every new source shares, whatever its engine: the row under an id and a slug of its own, a proposed drill plan, and its audit row. */
export async function insertSourceRow(tx: Transaction, context: ServiceContext, values: Values): Promise<SourceRow> {
  const now = context.now();
  const [row] = await tx
    .insert(sources)
    .values({
      ...values,
      id: makeId("source", context.newUuid()),
      slug: await chooseSlug(tx, values.name),
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  if (row === undefined) throw new Error("the insert returned no row");
  await recordAudit(tx, context, {
    action: "source.create",
    targetType: "source",
    targetId: row.id,
    targetName: row.name,
    after: auditedSource(row),
  });
  await ensurePlan(tx, context, row);
  return row;
}
