import { describe, expect, it } from "vitest";
import { byteLength, suggestFile, suggestName } from "./suggest-name.ts";

const at = "2026-11-21T02:00:13.000Z";

describe("the suggested name of the new database", () => {
  it("names the database and the day of its state", () => {
    expect(suggestName("shop", at)).toBe("shop_restored_20261121");
  });

  it("takes the next number when the target has it already", () => {
    expect(suggestName("shop", at, ["shop_restored_20261121", "shop_restored_20261121_2"])).toBe("shop_restored_20261121_3");
  });

  it("stays within 63 bytes and never splits a character", () => {
    const name = suggestName("表".repeat(20), at);
    expect(byteLength(name)).toBeLessThanOrEqual(63);
    expect(name).toBe(`${"表".repeat(15)}_restored_20261121`);
  });

  it("leaves room for the number", () => {
    const first = suggestName("x".repeat(63), at);
    expect(byteLength(suggestName("x".repeat(63), at, [first]))).toBe(63);
  });
});

describe("the path of a restored file", () => {
  it("lies beside the original under a name of its own", () => {
    expect(suggestFile("/data/shop.db", "2026-11-21T02:00:00.000Z")).toBe("/data/shop_restored_20261121.db");
    expect(suggestFile("/data.d/shop", "2026-11-21T02:00:00.000Z")).toBe("/data.d/shop_restored_20261121");
  });
});
