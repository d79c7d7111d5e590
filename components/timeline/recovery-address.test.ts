import { describe, expect, it } from "vitest";
import { readRecovery, writeRecovery } from "./recovery-address.ts";

describe("the address of the recovery tab", () => {
  it("survives being written and read", () => {
    const values = { range: "90", view: "table", point: "bkp_1", at: "2026-11-21T02:00:00.000Z" } as const;
    expect(readRecovery(new URLSearchParams(writeRecovery(values)))).toEqual(values);
    expect(writeRecovery({})).toBe("");
  });

  it("drops what a hand wrote wrong", () => {
    expect(readRecovery(new URLSearchParams("range=5&view=wall&at=soon&tab=backups"))).toEqual({});
  });
});
