import { describe, expect, it } from "vitest";
import { tableKey, toRestoreInput, type RestoreDraft } from "./restore-draft.ts";

const backupId = `bkp_${"0".repeat(32)}`;
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
  ignoreOpenFile: false,
};

describe("the input of a restore", () => {
  it("names no table when every table is wanted", () => {
    expect(toRestoreInput(backupId, draft)).toMatchObject({ tables: [], jobs: 2 });
  });

  it("carries any table name unharmed", () => {
    const odd = { schema: 'x"; drop', table: "Ñandú.表\n" };
    expect(toRestoreInput(backupId, { ...draft, chosen: [tableKey(odd)] })?.tables).toEqual([odd]);
  });

  it("does not exist while something is missing", () => {
    expect(toRestoreInput(backupId, { ...draft, serverId: null })).toBeNull();
    expect(toRestoreInput(backupId, { ...draft, database: "" })).toBeNull();
    expect(toRestoreInput(backupId, { ...draft, database: "表".repeat(22) })).toBeNull();
    expect(toRestoreInput(backupId, { ...draft, chosen: [] })).toBeNull();
  });

  it("asks for the whole backup where a database is replaced, whatever was chosen before", () => {
    const replace = {
      ...draft,
      mode: "replace",
      replaced: "shop",
      content: "schema",
      chosen: [tableKey({ schema: "a", table: "b" })],
    } as const;
    expect(toRestoreInput(backupId, replace)).toMatchObject({
      mode: "replace",
      database: "shop",
      targetEnvironment: "production",
      content: "all",
      tables: [],
    });
    expect(toRestoreInput(backupId, { ...replace, replaced: null })).toBeNull();
  });
});
