import { describe, expect, it } from "vitest";
import type { ReplacementDto } from "#lib/contracts/restores";
import { type Left, leftBehind, restoreSentence } from "./restore-outcome.ts";

const replacement: ReplacementDto = {
  strategy: "swap",
  answers: "new",
  safetyRun: null,
  safetyBackupId: "bkp_5afe",
  keptName: "shop_before",
  restoredName: null,
  replacedAt: null,
  undoneAt: null,
  cleanedAt: null,
  followUp: null,
  undoBlocker: null,
  cleanUpBlocker: null,
};
const comparison = { tables: [], equal: 2, different: 0, rowsExpected: 5, rowsActual: 5 };
const created = { outcome: "created" as const, database: "shop", targetPath: null, backupId: "bkp_1", comparison, replacement: null };

describe("what is said of a restore", () => {
  it("that succeeded: what it made, and how to get back to what was there", () => {
    expect(restoreSentence(created)).toBe("created shop from bkp_1; 2 tables equal the backup");
    expect(restoreSentence({ ...created, targetPath: "/data/shop.db", comparison: null })).toBe("created /data/shop.db from bkp_1");
    expect(restoreSentence({ ...created, outcome: "replaced", replacement })).toBe(
      "replaced shop from bkp_1; 2 tables equal the backup; the old database is kept as shop_before; safety backup bkp_5afe",
    );
    // In place, no old database is kept.
    expect(restoreSentence({ ...created, outcome: "replaced", comparison: null, replacement: { ...replacement, keptName: null } })).toBe(
      "replaced shop from bkp_1; safety backup bkp_5afe",
    );
  });

  const failed: Left = { ...created, id: "rst_1", mode: "new", outcome: "removed", facts: {} };
  const old = { mode: "replace", replacement: { ...replacement, answers: "old" } } as const;
  it.each<[Partial<Left>, string | null]>([
    [{}, "nothing is left of shop"],
    [{ outcome: "kept-after-failure" }, "shop is kept as far as it was filled"],
    [{ outcome: "created" }, null],
    [{ outcome: "pending" }, "what became of shop is not known yet; look at http://l/restores/rst_1"],
    [old, "shop is as it was"],
    [{ ...old, facts: { keptAs: "shop_x" } }, "shop is as it was; the copy that failed is kept as shop_x"],
    [
      { mode: "replace", replacement: { ...replacement, answers: "unsettled" } },
      "what became of shop is not known yet; look at http://l/restores/rst_1",
    ],
    [{ mode: "replace", replacement }, "shop is replaced all the same"],
    [{ mode: "replace", targetPath: "/data/shop.db" }, "/data/shop.db is as it was"],
    [{ mode: "replace", targetPath: "/data/shop.db", outcome: "replaced" }, "/data/shop.db is replaced all the same"],
  ])("that failed: what is left under the name (%o)", (change, said) => {
    expect(leftBehind({ ...failed, ...change }, "http://l")).toBe(said);
  });
});
