import { describe, expect, it } from "vitest";
import type { FingerprintDto } from "#lib/contracts/fingerprints";
import { nameOf, placeTrend, totalTrend, trendsOf } from "./fingerprint-model.ts";

function of(day: string, rows: Record<string, number>, findings: FingerprintDto["findings"] = []): FingerprintDto {
  const tables = Object.entries(rows).map(([table, count]) => ({ schema: "public", table, rows: count, sha256: null }));
  return {
    id: `fpr_${"0".repeat(32)}`,
    day,
    backupId: "bkp_1",
    at: `${day}T01:00:00.000Z`,
    rowCount: tables.reduce((sum, each) => sum + each.rows, 0),
    tableCount: tables.length,
    migrationHead: null,
    tables,
    findings,
  };
}

const shrank = { code: "table-shrank", schema: "public", table: "carts", params: { from: 9, to: 3 } } as const;
const newestFirst = [
  of("2026-11-04", { orders: 40, carts: 3 }, [shrank]),
  of("2026-11-02", { orders: 20, carts: 9, old: 5 }),
  of("2026-11-01", { orders: 10, carts: 9, old: 5 }),
];

describe("the trend of tables", () => {
  it("puts what is unusual now first, then large tables, and keeps one that is gone", () => {
    const trends = trendsOf(newestFirst);
    expect(trends.map(({ table, first, now, low, high, marked }) => ({ table, first, now, low, high, marked }))).toEqual([
      { table: "carts", first: 9, now: 3, low: 3, high: 9, marked: ["2026-11-04"] },
      { table: "orders", first: 10, now: 40, low: 10, high: 40, marked: [] },
      { table: "old", first: 5, now: null, low: 5, high: 5, marked: [] },
    ]);
    expect(totalTrend(newestFirst)).toMatchObject({ first: 24, now: 43, low: 24, high: 43, marked: [] });
  });

  it("leaves a gap where a day has no fingerprint, and draws a table that never changed in the middle", () => {
    const [, orders, old] = trendsOf(newestFirst);
    const span = { first: "2026-11-01", last: "2026-11-04" };
    if (orders === undefined || old === undefined) throw new Error("a table is missing");
    expect(placeTrend(orders, span)).toEqual([
      [
        { day: "2026-11-01", x: 0, y: 0 },
        { day: "2026-11-02", x: 1 / 3, y: 1 / 3 },
      ],
      [{ day: "2026-11-04", x: 1, y: 1 }],
    ]);
    expect(placeTrend(old, { first: "2026-11-01", last: "2026-11-01" })[0]?.[0]?.x).toBe(1);
    expect(placeTrend(old, span)[0]?.map(({ y }) => y)).toEqual([0.5, 0.5]);
  });

  it("names tables of a file without a schema", () => {
    expect(nameOf({ schema: "public", table: "orders" })).toBe("public.orders");
    expect(nameOf({ schema: "main", table: "orders" })).toBe("orders");
  });
});
