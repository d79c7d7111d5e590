import { describe, expect, it } from "vitest";
import { isRehearsal, rehearsalOf } from "./rehearsal.ts";
import type { RestoreDraft } from "./restore-draft.ts";

const draft: RestoreDraft = {
  serverId: `srv_${"0".repeat(32)}`,
  mode: "replace",
  database: "shop_restored_20261101",
  replaced: "shop",
  environment: "production",
  content: "schema",
  chosen: ["x"],
  owners: "keep",
  jobs: "2",
  keepOnFailure: false,
  path: null,
  ignoreOpenFile: true,
};
const today = "2026-11-22T10:00:00.000Z";

describe("a rehearsal", () => {
  it("goes into a fresh copy, whole, and never into what would be replaced", () => {
    const rehearsal = rehearsalOf(draft, "shop", today, ["shop", "shop_drill_20261122"]);
    expect(rehearsal).toMatchObject({
      mode: "new",
      database: "shop_drill_20261122_2",
      content: "all",
      chosen: null,
      ignoreOpenFile: false,
    });
    expect(isRehearsal(rehearsal)).toBe(true);
    expect(isRehearsal(draft)).toBe(false);
  });

  it("of a file lies beside it", () => {
    const rehearsal = rehearsalOf({ ...draft, path: "/data/shop.db" }, "/data/shop.db", today, []);
    expect(rehearsal).toMatchObject({ mode: "new", path: "/data/shop_drill_20261122.db" });
    expect(isRehearsal(rehearsal)).toBe(true);
  });
});
