import { describe, expect, it } from "vitest";
import { changesSince } from "./changes-since.ts";

const backed = (table: string, rows: number, excluded = false, schema = "public") => ({ schema, table, rows, excluded });
const now = (table: string, rows: number | null, exact = true, schema = "public") => ({ schema, table, rows, exact });
const changes = (
  tables: ReturnType<typeof backed>[],
  source: ReturnType<typeof now>[],
  more: { excludedSchemas?: string[]; limit?: number } = {},
) => changesSince({ tables, excludedSchemas: more.excludedSchemas ?? [] }, source, more.limit ?? 500);

describe("what changed since a backup", () => {
  it("is what differs, the largest difference first; the rest is counted", () => {
    expect(changes([backed("a", 5), backed("b", 100), backed("c", 7)], [now("a", 6), now("b", 10), now("c", 7)])).toEqual({
      tables: [
        { schema: "public", table: "b", backupRows: 100, sourceRows: 10, exact: true },
        { schema: "public", table: "a", backupRows: 5, sourceRows: 6, exact: true },
      ],
      unchanged: 1,
      truncated: false,
    });
  });

  it("shows new and missing tables, empty ones as well", () => {
    expect(changes([backed("gone", 0)], [now("fresh", 0)]).tables).toEqual([
      { schema: "public", table: "fresh", backupRows: null, sourceRows: 0, exact: true },
      { schema: "public", table: "gone", backupRows: 0, sourceRows: null, exact: true },
    ]);
  });

  it("says of a count that nobody knows that it is not exact", () => {
    expect(changes([backed("a", 3), backed("b", 4)], [now("a", null, false), now("b", 4, false)])).toEqual({
      tables: [{ schema: "public", table: "a", backupRows: 3, sourceRows: null, exact: false }],
      unchanged: 1,
      truncated: false,
    });
  });

  it("is silent about what was left out of the backup", () => {
    const source = [now("audit", 900), now("logs", 3, true, "junk"), now("kept", 2)];
    expect(changes([backed("audit", 0, true), backed("kept", 1)], source, { excludedSchemas: ["junk"] }).tables).toEqual([
      { schema: "public", table: "kept", backupRows: 1, sourceRows: 2, exact: true },
    ]);
  });

  it("tells names apart that would read the same when joined", () => {
    expect(changes([backed("b.c", 1, false, "a")], [now("c", 1, true, "a.b")]).tables).toHaveLength(2);
  });

  it("keeps to the limit and says so", () => {
    const found = changes([backed("a", 1), backed("b", 1)], [now("a", 2), now("b", 3)], { limit: 1 });
    expect(found).toMatchObject({ tables: [{ table: "b" }], truncated: true });
  });
});
