import { describe, expect, it } from "vitest";
import { compareTables } from "./compare-tables.ts";
import { judgeRestore, type LoadError } from "./restore-verdict.ts";

const orders = { schema: "shop", table: "orders", rows: 10, sha256: "aa", excluded: false };
const equal = compareTables([orders], [orders], { content: "all", tables: [] });
const different = compareTables([orders], [{ ...orders, rows: 9 }], { content: "all", tables: [] });
const error = (kind: LoadError["class"]): LoadError => ({ class: kind, entry: "TABLE orders", message: `${kind} went wrong` });

describe("judgeRestore", () => {
  it("accepts a load without errors whose copy is equal", () => {
    expect(judgeRestore({ exitCode: 0, errors: [] }, equal)).toEqual({ failure: null, tolerated: [] });
  });

  it("tolerates missing roles, and says so", () => {
    const verdict = judgeRestore({ exitCode: 1, errors: [error("ownership"), error("privileges")] }, equal);
    expect(verdict.failure).toBeNull();
    expect(verdict.tolerated).toHaveLength(2);
  });

  it.each(["data", "exists", "extension", "other"] as const)("fails on one %s error among tolerated ones", (kind) => {
    const verdict = judgeRestore({ exitCode: 1, errors: [error("ownership"), error(kind)] }, equal);
    expect(verdict.failure).toEqual({ code: "restore-errors", params: { count: 1, first: `${kind} went wrong` } });
  });

  it("never takes an exit code other than zero without a reason for success", () => {
    expect(judgeRestore({ exitCode: 1, errors: [] }, equal).failure?.code).toBe("tool-failed");
  });

  it("fails on a difference though the tool said nothing", () => {
    expect(judgeRestore({ exitCode: 0, errors: [] }, different).failure).toEqual({
      code: "restore-differs",
      params: { count: 1, first: "shop.orders" },
    });
  });
});
