import { array, assert, option, pre, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSet, type CheckDefinition } from "#lib/contracts/drill-checks";
import "#lib/testing/property-seed";
import { freeKey, moveCheck, putCheck, switchOff, switchOn, switchableChecks } from "./check-list.ts";
import { formatRows, parseRows } from "./row-set.ts";

const sql = (key: string): CheckDefinition => ({
  key,
  name: key,
  mandatory: true,
  type: "sql",
  sql: "SELECT 1",
  expect: { type: "value", comparison: "=", value: "1" },
});
const keys = (checks: readonly CheckDefinition[]) => checks.map(({ key }) => key);

describe("the checks of a plan", () => {
  it("come back at their place in the order when they are switched on again", () => {
    for (const engine of ["postgres", "sqlite"] as const) {
      const all = switchableChecks(engine).reduce<CheckDefinition[]>((checks, type) => switchOn(checks, type, engine), []);
      expect(keys(all)).toEqual([...switchableChecks(engine)]);
      expect(checkSet.safeParse(all).success).toBe(true);
      expect(keys(switchOn(switchOff(all, "content"), "content", engine))).toEqual(keys(all));
    }
  });

  it("of one's own stand before the objectives, are replaced by key and change places among themselves alone", () => {
    const base = switchOn(switchOn([], "content", "postgres"), "recovery-time", "postgres");
    const added = [sql("a"), sql("b"), sql("c")].reduce<CheckDefinition[]>((checks, check) => putCheck(checks, check), base);
    expect(keys(added)).toEqual(["content", "a", "b", "c", "recovery-time"]);
    expect(keys(moveCheck(added, "a", 1))).toEqual(["content", "b", "a", "c", "recovery-time"]);
    expect(keys(moveCheck(added, "a", -1))).toEqual(keys(added));
    expect(putCheck(added, { ...sql("b"), name: "renamed" }).map(({ name }) => name)).toEqual(["", "a", "renamed", "c", ""]);
  });

  it("get keys that the API takes and nobody else has", () => {
    expect(freeKey([], "Últimos pedidos: ¿están?")).toBe("ultimos-pedidos-estan");
    expect(freeKey([sql("orders"), sql("orders-2")], "Orders")).toBe("orders-3");
    expect(freeKey([], "表")).toBe("check");
    expect(freeKey([], "a".repeat(80)).length).toBeLessThanOrEqual(50);
  });
});

describe("a row set as text", () => {
  it("tells NULL from an empty cell and holds every character", () => {
    expect(parseRows("1|\\N||a\\|b\\\\\n2")).toEqual([["1", null, "", "a|b\\"], ["2"]]);
    expect(parseRows("")).toEqual([]);
    expect(parseRows("a\\b")).toBeNull();
    expect(parseRows("a\\")).toBeNull();
    const cell = option(string({ unit: "grapheme" }), { nil: null });
    assert(
      property(array(array(cell, { minLength: 1 }), { minLength: 1 }), (rows) => {
        // One row of one empty cell, and nothing, are the same text.
        pre(!(rows.length === 1 && rows[0]?.length === 1 && rows[0][0] === "") && rows.at(-1)?.join() !== "");
        expect(parseRows(formatRows(rows))).toEqual(rows);
      }),
    );
  });
});
