import { and, asc, eq } from "drizzle-orm";
import type { ChainDetailDto, ChainMemberDto } from "#lib/contracts/chains";
import type * as contract from "#lib/contracts/chains";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { packs } from "#lib/db/schema/packs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import { backupColumns } from "../backups/dto.ts";
import { isListed } from "../backups/good.ts";
import { toBackupDtos } from "../backups/load.ts";
import type { ServiceContext } from "../context.ts";
import { toChainDtos } from "./dto.ts";
import { requireChain } from "./load.ts";

/** What members need: with whether the catalogue still knows the pack. */
function readNeeds({ db }: ServiceContext, chainId: string) {
  return db
    .select({ need: backupDependencies, packId: packs.id })
    .from(backupDependencies)
    .innerJoin(backups, eq(backups.id, backupDependencies.backupId))
    .leftJoin(packs, eq(packs.id, backupDependencies.packId))
    .where(and(eq(backups.chainId, chainId), isListed, eq(backupDependencies.reason, "packs")))
    .orderBy(asc(backupDependencies.packId));
}

/** One chain: its members in the order of making, what each needs, what needs it, what is broken. Throws `not-found`. */
export async function getChain(context: ServiceContext, input: EndpointInput<typeof contract.getChain>): Promise<ChainDetailDto> {
  authorise(context, "backups:read");
  const { db } = context;
  const { id } = input.params;
  const row = await requireChain(db, id);
  const [rows, needs] = await Promise.all([
    db
      .select({ backup: backupColumns, sourceName: sources.name })
      .from(backups)
      .innerJoin(sources, eq(sources.id, backups.sourceId))
      .where(and(eq(backups.chainId, id), isListed))
      .orderBy(asc(backups.snapshotAt), asc(backups.id)),
    readNeeds(context, id),
  ]);
  const needsOf = Map.groupBy(needs, ({ need }) => need.backupId);
  const neededBy = Map.groupBy(needs, ({ need }) => need.needsId);
  const rail = (await toBackupDtos(db, rows)).map((member): ChainMemberDto => {
    const { kind, origin, baseId, parentId, snapshotAt, label, meter, pinned, fileName, streamBytes, storedBytes, broken, version } =
      member;
    return {
      id: member.id,
      kind,
      origin,
      baseId,
      parentId,
      snapshotAt,
      label,
      meter,
      pinned,
      fileName,
      streamBytes,
      storedBytes,
      needs: (needsOf.get(member.id) ?? []).map(({ need, packId }) => ({
        backupId: need.needsId,
        present: packId !== null,
        packKey: need.packKey,
        readBytes: need.readBytes,
        ranges: need.ranges,
      })),
      neededBy: (neededBy.get(member.id) ?? []).map(({ need }) => need.backupId),
      broken,
      version,
    };
  });
  const broken = rail.filter((member) => member.broken !== null).length;
  const [chain] = await toChainDtos(db, [{ chain: row, sourceName: rows[0]?.sourceName ?? "" }], new Map([[id, broken]]));
  if (chain === undefined) throw new LifeboatError("not-found", { entity: "chain", id });
  return { ...chain, rail };
}
