import { asc, desc, sql, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { Database, Transaction } from "#lib/db/client";
import { LifeboatError } from "#lib/domain/error";

/** How far lists are counted; beyond it a page only says that there are more. */
export const countCap = 10_000;

/** The sort values of a page's last row. `sort` makes a cursor of another order unusable instead of wrong. */
export type Cursor = { readonly sort: string; readonly value: string | number; readonly id: string };

export type Page<T> = { items: T[]; next: string | null; total: number; totalCapped: boolean };

const noNul = z
  .string()
  .max(400)
  .refine((value) => !value.includes("\0"));
const cursorShape = z.tuple([noNul, z.union([noNul, z.number()]), noNul]);

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, cursor.value, cursor.id])).toString("base64url");
}

/** Reads the query's `after`. Throws `invalid-input` for anything that `encodeCursor` did not make for the same sort. */
export function decodeCursor(after: string | undefined, sort: string): Cursor | null {
  if (after === undefined) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(after, "base64url").toString("utf8"));
  } catch (cause) {
    throw new LifeboatError("invalid-input", { issues: "after: not a cursor of this list" }, { cause });
  }
  const parsed = cursorShape.safeParse(raw);
  if (!parsed.success || parsed.data[0] !== sort) {
    throw new LifeboatError("invalid-input", { issues: "after: not a cursor of this list in this order" });
  }
  return { sort, value: parsed.data[1], id: parsed.data[2] };
}

/** One order of a list: a column (or expression) with the row's id as tie-breaker. `cast` is the column's SQL type. */
export type KeysetOrder = {
  readonly sort: string;
  readonly column: AnyPgColumn | SQL;
  readonly id: AnyPgColumn;
  readonly direction: "ascending" | "descending";
  readonly cast: "timestamptz" | "bigint" | "text";
};

/** `ORDER BY` of a keyset list. */
export function keysetOrderBy(order: KeysetOrder): SQL[] {
  const way = order.direction === "ascending" ? asc : desc;
  return [way(order.column), way(order.id)];
}

const casts = { timestamptz: sql`::timestamptz`, bigint: sql`::bigint`, text: sql`::text` } as const;

/** The rows behind the cursor, as one row comparison that an index on (column, id) answers; undefined for the first page. */
export function keysetAfter(order: KeysetOrder, after: string | undefined): SQL | undefined {
  const cursor = decodeCursor(after, order.sort);
  if (cursor === null) return undefined;
  const valueFits =
    order.cast === "bigint"
      ? typeof cursor.value === "number" && Number.isSafeInteger(cursor.value)
      : typeof cursor.value === "string" && (order.cast === "text" || z.iso.datetime().safeParse(cursor.value).success);
  if (!valueFits) throw new LifeboatError("invalid-input", { issues: "after: not a cursor of this list" });
  const comparison = order.direction === "ascending" ? sql`>` : sql`<`;
  return sql`(${order.column}, ${order.id}) ${comparison} (${cursor.value}${casts[order.cast]}, ${cursor.id}::text)`;
}

/** Splits `limit + 1` rows into the page's rows and the cursor of the next page. */
export function pageRows<Row>(
  rows: readonly Row[],
  limit: number,
  order: Pick<KeysetOrder, "sort">,
  keyOf: (row: Row) => { value: string | number; id: string },
): { rows: Row[]; next: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: kept, next: more ? encodeCursor({ sort: order.sort, ...keyOf(last) }) : null };
}

/** Counts the rows of `from` under `where`, up to `countCap`. `from` is the `FROM` clause without the keyword. */
export async function countCapped(
  db: Database | Transaction,
  from: SQL,
  where: SQL | undefined,
): Promise<{ total: number; totalCapped: boolean }> {
  const condition = where === undefined ? sql`` : sql` where ${where}`;
  const rows = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from (select 1 from ${from}${condition} limit ${countCap + 1}) as counted`,
  );
  const found = rows[0]?.n ?? 0;
  return { total: Math.min(found, countCap), totalCapped: found > countCap };
}
