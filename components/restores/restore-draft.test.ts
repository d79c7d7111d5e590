import { describe, expect, it } from "vitest";
import { tableKey, toRestoreInput, type RestoreDraft } from "./restore-draft.ts";

const backupId = `bkp_${"0".repeat(32)}`;
const point = { backupId };
const draft: RestoreDraft = {
  serverId: `srv_${"0".repeat(32)}`,
  mode: "new",
  database: "shop_restored",
  replaced: null,
  environment: "production",
  content: "all",
  chosen: null,
  owners: "keep",
  jobs: "2",
  keepOnFailure: false,
  path: null,
  ignoreOpenFile: false,
};

describe("the input of a restore", () => {
  it("names no table when every table is wanted", () => {
    expect(toRestoreInput(point, draft)).toMatchObject({ tables: [], jobs: 2 });
  });

  it("carries any table name unharmed", () => {
    const odd = { schema: 'x"; drop', table: "Ñandú.表\n" };
    expect(toRestoreInput(point, { ...draft, chosen: [tableKey(odd)] })?.tables).toEqual([odd]);
  });

  it("does not exist while something is missing", () => {
    expect(toRestoreInput(point, { ...draft, serverId: null })).toBeNull();
    expect(toRestoreInput(point, { ...draft, database: "" })).toBeNull();
    expect(toRestoreInput(point, { ...draft, database: "表".repeat(22) })).toBeNull();
    expect(toRestoreInput(point, { ...draft, chosen: [] })).toBeNull();
  });

  it("asks for the whole backup where a database is replaced, whatever was chosen before", () => {
    const replace = {
      ...draft,
      mode: "replace",
      replaced: "shop",
      content: "schema",
      chosen: [tableKey({ schema: "a", table: "b" })],
    } as const;
    expect(toRestoreInput(point, replace)).toMatchObject({
      mode: "replace",
      database: "shop",
      targetEnvironment: "production",
      content: "all",
      tables: [],
    });
    expect(toRestoreInput(point, { ...replace, replaced: null })).toBeNull();
  });

  it("asks for the date where a date is wanted, not for the backup that is the one just now", () => {
    const sourceId = `src_${"0".repeat(32)}`;
    const input = toRestoreInput({ sourceId, at: "2026-11-21T02:00:00.000Z" }, draft);
    expect(input).toMatchObject({ sourceId, at: "2026-11-21T02:00:00.000Z" });
    expect(input).not.toHaveProperty("backupId");
  });

  it("of a file names a path and no server", () => {
    const input = toRestoreInput(point, { ...draft, path: "/data/shop.db", mode: "replace" });
    expect(input).toMatchObject({ targetPath: "/data/shop.db", mode: "replace", content: "all" });
    expect(input).not.toHaveProperty("serverId");
    for (const path of ["", "/", "shop.db", "/data/"]) expect(toRestoreInput(point, { ...draft, path })).toBeNull();
  });
});
