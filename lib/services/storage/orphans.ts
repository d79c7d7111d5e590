import { asc, desc, sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/storage";
import { orphanPacks } from "#lib/db/schema/orphan-packs";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const mostListed = 1000;

/** Packs in storage that no row tells of, as the last scan found them, largest first. */
export async function listOrphans(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.listOrphans>,
): Promise<EndpointOutput<typeof contract.listOrphans>> {
  authorise(context, "backups:read");
  const [rows, [counted]] = await Promise.all([
    context.db.select().from(orphanPacks).orderBy(desc(orphanPacks.bytes), asc(orphanPacks.key)).limit(mostListed),
    context.db.select({ total: sql<number>`count(*)::int` }).from(orphanPacks),
  ]);
  return {
    items: rows.map(({ key, bytes, provenance, sourceName, kind, snapshotAt, problem, foundAt }) => ({
      key,
      bytes,
      provenance,
      sourceName,
      kind,
      snapshotAt: snapshotAt?.toISOString() ?? null,
      problem: problem === null ? null : describeReason(problem),
      foundAt: foundAt.toISOString(),
    })),
    total: counted?.total ?? 0,
  };
}
