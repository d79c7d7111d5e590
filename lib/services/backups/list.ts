import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { anyContains } from "../search-text.ts";
import { backupColumns, type BackupDtoRow } from "./dto.ts";
import { goodOfAll, goodOfFew, isListed } from "./good.ts";
import { toBackupDtos } from "./load.ts";

type Query = EndpointInput<typeof contract.listBackups>["query"];
type SortField = "snapshotAt" | "streamBytes" | "storedBytes";

const sortColumns: Record<SortField, { column: AnyPgColumn; cast: KeysetOrder["cast"]; valueOf: (row: BackupDtoRow) => string | number }> =
  {
    snapshotAt: { column: backups.snapshotAt, cast: "timestamptz", valueOf: (row) => row.snapshotAt.toISOString() },
    streamBytes: { column: backups.streamBytes, cast: "bigint", valueOf: (row) => row.streamBytes },
    storedBytes: { column: backups.storedBytes, cast: "bigint", valueOf: (row) => row.storedBytes },
  };

function orderOf(sort: Query["sort"]): KeysetOrder & { valueOf: (row: BackupDtoRow) => string | number } {
  const descending = sort.startsWith("-");
  const field = (descending ? sort.slice(1) : sort) as SortField;
  return { ...sortColumns[field], sort, id: backups.id, direction: descending ? "descending" : "ascending" };
}

const failedCopies = sql`(select ${copies.backupId} from ${copies} where ${copies.failedAt} is not null or ${copies.state} in ('missing', 'damaged'))`;
const passedDrills = sql`(select ${validations.backupId} from ${validations} where ${validations.level} = 'proven' and ${validations.verdict} = 'passed')`;

function hasProof(proof: Query["proof"], good: typeof goodOfAll): SQL | undefined {
  switch (proof) {
    case undefined:
      return undefined;
    case "stored":
      return good.isGood;
    case "verified":
      return good.isGoodAndVerified;
    case "proven":
      return sql`${backups.id} in ${passedDrills}`;
    case "unverified":
      return good.isGoodAndUnverified;
    case "failed":
      return sql`${backups.id} in ${failedCopies}`;
    default:
      return proof satisfies never;
  }
}

/** One text instead of four: folding letter case is what such a search costs. A line break keeps the fields apart. */
const ownText = sql`(${backups.label} || chr(10) || ${backups.note} || chr(10) || ${backups.reason} || chr(10) || ${backups.fileName})`;

/** Names of sources are few and backups many: the search in names happens once, on `sources`. */
async function matches(context: ServiceContext, q: string | undefined): Promise<SQL | undefined> {
  const own = anyContains([ownText], q);
  if (own === undefined) return undefined;
  const named = await context.db
    .select({ id: sources.id })
    .from(sources)
    .where(anyContains([sources.name, sources.database, sources.slug], q));
  if (named.length === 0) return own;
  return or(
    own,
    inArray(
      backups.sourceId,
      named.map((row) => row.id),
    ),
  );
}

/** Backups in the asked order, newest first by default; intent rows and the trash are left out. */
export async function listBackups(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listBackups>,
): Promise<EndpointOutput<typeof contract.listBackups>> {
  authorise(context, "backups:read");
  const { q, source, chain, kind, proof, pinned, sort, limit, after } = input.query;
  const order = orderOf(sort);
  const others = and(
    isListed,
    source === undefined ? undefined : eq(backups.sourceId, source),
    chain === undefined ? undefined : eq(backups.chainId, chain),
    kind === undefined ? undefined : eq(backups.kind, kind),
    pinned === undefined ? undefined : eq(backups.pinned, pinned),
    await matches(context, q),
  );
  const found = await context.db
    .select({ backup: backupColumns, sourceName: sources.name })
    .from(backups)
    .innerJoin(sources, eq(sources.id, backups.sourceId))
    .where(and(others, hasProof(proof, goodOfFew), keysetAfter(order, after)))
    .orderBy(...keysetOrderBy(order))
    .limit(limit + 1);
  // A first page that holds everything was its own count: a rare text is then looked for once, not twice.
  const isWhole = after === undefined && found.length <= limit;
  const ofMany = source === undefined && chain === undefined ? goodOfAll : goodOfFew;
  const counted = isWhole
    ? { total: found.length, totalCapped: false }
    : await countCapped(context.db, sql`${backups}`, and(others, hasProof(proof, ofMany)));
  const page = pageRows(found, limit, order, ({ backup }) => ({ value: order.valueOf(backup), id: backup.id }));
  return { items: await toBackupDtos(context.db, page.rows), next: page.next, ...counted };
}
