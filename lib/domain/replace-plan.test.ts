import { describe, expect, it } from "vitest";
import { type PlanExisting, planReplace, type ReplaceBackup, type ReplaceRequest, type ReplaceTarget } from "./replace-plan.ts";

const existing: PlanExisting = {
  owner: "shop_owner",
  isOwned: true,
  encoding: "UTF8",
  preparedTransactions: 0,
  replication: 0,
  tables: [{ schema: "public", table: "orders" }],
};
const target: ReplaceTarget = {
  serverVersion: "17.12",
  toolVersion: "17.12",
  databases: ["postgres", "shop"],
  roles: ["postgres", "shop_owner"],
  extensions: ["plpgsql"],
  tablespaces: [],
  canCreateDatabase: true,
  isSuperuser: false,
  localeAvailable: true,
  freeBytes: null,
  isCatalogue: false,
  existing,
};
const backup: ReplaceBackup = {
  serverVersion: "15.20",
  toolVersion: "15.20",
  streamBytes: 1_000_000,
  roles: ["shop_owner"],
  owner: "shop_owner",
  extensions: [],
  tablespaces: [],
  locale: "libc C.UTF-8 (UTF8)",
  tables: [{ schema: "public", table: "orders" }],
  excludedTables: [],
  encoding: "UTF8",
};
const request: ReplaceRequest = {
  database: "shop",
  content: "all",
  tables: [],
  owners: "keep",
  user: "restorer",
  workerFreeBytes: 10_000_000_000,
  tempPath: "/tmp",
  now: new Date("2026-11-22T03:25:00Z"),
};
const codes = (reasons: readonly { code: string }[]) => reasons.map((reason) => reason.code);
const withExisting = (changes: Partial<PlanExisting>): Partial<ReplaceTarget> => ({ existing: { ...existing, ...changes } });

describe("planReplace", () => {
  it("swaps where the role may create databases, and says under which name the old one is kept", () => {
    const plan = planReplace(backup, target, request);
    expect(plan.blockers).toEqual([]);
    expect(plan.warnings).toEqual([]);
    expect(plan.replace).toEqual({
      strategy: "swap",
      why: null,
      keptName: "shop_before_20261122T032500Z",
      extraTables: [],
      extraTablesTotal: 0,
    });
  });

  it("never offers a kept name that is taken", () => {
    const databases = [...target.databases, "shop_before_20261122T032500Z"];
    expect(planReplace(backup, { ...target, databases }, request).replace?.keptName).toBe("shop_before_20261122T032500Z_2");
  });

  it("goes in place, and says why, where the role may not create databases; the sibling's locale does not matter then", () => {
    const plan = planReplace(backup, { ...target, canCreateDatabase: false, localeAvailable: false }, request);
    expect(plan.blockers).toEqual([]);
    expect(plan.replace).toMatchObject({
      strategy: "in-place",
      why: { code: "target-cannot-create", params: { user: "restorer" } },
      keptName: null,
    });
    expect(plan.missingLocale).toBe(backup.locale);
  });

  it.each<[string, Partial<ReplaceBackup>, Partial<ReplaceTarget>, Partial<ReplaceRequest>]>([
    ["target-missing", {}, { existing: null }, { database: "shopp" }],
    ["target-is-catalogue", {}, { isCatalogue: true }, {}],
    ["target-name-invalid", {}, {}, { database: "postgres" }],
    ["target-not-owned", {}, withExisting({ isOwned: false }), {}],
    ["target-has-prepared", {}, withExisting({ preparedTransactions: 2 }), {}],
    ["privilege-missing", {}, withExisting({ unread: { code: "privilege-missing", params: { objects: "shop", count: 1 } } }), {}],
    ["replace-needs-all", {}, {}, { content: "schema" }],
    ["replace-needs-all", {}, {}, { tables: [{ schema: "public", table: "orders" }] }],
    ["target-too-old", { serverVersion: "18.1", toolVersion: "15.1" }, {}, {}],
    ["tool-too-old", { toolVersion: "18.1" }, {}, {}],
    ["tool-missing", {}, { toolVersion: null }, {}],
    ["target-encoding-missing", {}, { localeAvailable: false }, {}],
    ["extension-missing", { extensions: [{ name: "postgis" }] }, {}, {}],
    ["no-space", {}, {}, { workerFreeBytes: 1_000_000 }],
    ["no-space", {}, { freeBytes: 999 }, {}],
  ])("is stopped by %s", (code, backupChange, targetChange, requestChange) => {
    const plan = planReplace({ ...backup, ...backupChange }, { ...target, ...targetChange }, { ...request, ...requestChange });
    expect(codes(plan.blockers)).toEqual([code]);
  });

  it("has no decision where there is nothing to replace", () => {
    expect(planReplace(backup, { ...target, databases: ["postgres"], existing: null }, request).replace).toBeNull();
  });

  it.each<[string, Partial<ReplaceBackup>, Partial<ReplaceTarget>, Record<string, unknown>]>([
    ["roles-missing", { roles: ["ana", "zoe"] }, {}, { roles: "ana, zoe", count: 2 }],
    ["tablespaces-missing", { tablespaces: ["fast"] }, {}, { tablespaces: "fast", count: 1 }],
    ["encoding-differs", { encoding: "LATIN1" }, {}, { backup: "LATIN1", target: "UTF8" }],
    ["replication-stays", {}, withExisting({ replication: 3 }), { database: "shop", count: 3 }],
    ["excluded-tables-empty", { excludedTables: [{ schema: "log", table: "events" }] }, {}, { tables: "log.events", count: 1 }],
  ])("tells %s without being stopped by it", (code, backupChange, targetChange, params) => {
    const plan = planReplace({ ...backup, ...backupChange }, { ...target, ...targetChange }, request);
    expect(plan.warnings).toEqual([{ code, params }]);
    expect(plan.blockers).toEqual([]);
  });

  it("says nothing of an encoding that was not recorded", () => {
    expect(planReplace({ ...backup, encoding: null }, target, request).warnings).toEqual([]);
  });

  it("names the target's own tables, 50 of them, and counts all; a full stop in a name confuses nothing", () => {
    const tables = Array.from({ length: 60 }, (_, i) => ({ schema: "public", table: `own_${i}` }));
    const dotted = [{ schema: "a", table: "b.c" }];
    const own = planReplace(
      { ...backup, tables: [{ schema: "a.b", table: "c" }] },
      { ...target, ...withExisting({ tables: [...dotted, ...tables] }) },
      request,
    ).replace!;
    expect(own.extraTablesTotal).toBe(61);
    expect(own.extraTables).toHaveLength(50);
    expect(own.extraTables[0]).toBe("a.b.c");
  });

  it("bounds the names of tables that were left out", () => {
    const excludedTables = Array.from({ length: 70 }, (_, i) => ({ schema: "public", table: `t${i}` }));
    const [warning] = planReplace({ ...backup, excludedTables }, target, request).warnings;
    expect(warning?.params.count).toBe(70);
    expect(String(warning?.params.tables).split(", ")).toHaveLength(51);
  });
});
