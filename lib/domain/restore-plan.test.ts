import { describe, expect, it } from "vitest";
import { databaseNameProblem, majorOf, planRestore, type PlanBackup, type PlanRequest, type PlanTarget } from "./restore-plan.ts";

const target: PlanTarget = {
  serverVersion: "17.12",
  toolVersion: "17.12",
  databases: ["postgres", "shop"],
  roles: ["postgres", "shop_owner"],
  extensions: ["plpgsql", "pgcrypto"],
  tablespaces: [],
  canCreateDatabase: true,
  isSuperuser: true,
  localeAvailable: true,
  freeBytes: null,
  isCatalogue: false,
};
const backup: PlanBackup = {
  serverVersion: "15.20 (Debian 15.20-1)",
  toolVersion: "15.20",
  streamBytes: 1_000_000,
  roles: ["shop_owner"],
  owner: "shop_owner",
  extensions: [{ name: "pgcrypto" }],
  tablespaces: [],
  locale: "C.UTF-8",
};
const request: PlanRequest = {
  database: "shop_copy",
  content: "all",
  owners: "keep",
  user: "restorer",
  workerFreeBytes: 10_000_000_000,
  tempPath: "/tmp",
};
const codes = (reasons: readonly { code: string }[]) => reasons.map((reason) => reason.code);

describe("planRestore", () => {
  it("stops nothing where everything is there", () => {
    const plan = planRestore(backup, target, request);
    expect(plan.blockers).toEqual([]);
    expect(plan.warnings).toEqual([]);
  });

  it.each<[string, Partial<PlanBackup>, Partial<PlanTarget>, Partial<PlanRequest>]>([
    ["target-exists", {}, {}, { database: "shop" }],
    ["target-is-catalogue", {}, { isCatalogue: true }, { database: "shop" }],
    ["target-name-invalid", {}, {}, { database: "template1" }],
    ["target-too-old", { serverVersion: "18.1", toolVersion: "15.1" }, {}, {}],
    ["tool-too-old", { toolVersion: "18.1" }, {}, {}],
    ["tool-missing", {}, { toolVersion: null }, {}],
    ["target-cannot-create", {}, { canCreateDatabase: false }, {}],
    ["target-encoding-missing", {}, { localeAvailable: false }, {}],
    ["extension-missing", { extensions: [{ name: "postgis" }] }, {}, {}],
    ["no-space", {}, {}, { workerFreeBytes: 1_000_000 }],
    ["no-space", {}, { freeBytes: 999 }, {}],
  ])("is stopped by %s", (code, backupChange, targetChange, requestChange) => {
    const plan = planRestore({ ...backup, ...backupChange }, { ...target, ...targetChange }, { ...request, ...requestChange });
    expect(codes(plan.blockers)).toContain(code);
  });

  it("names missing roles once, and only as a warning where owners are kept", () => {
    const lost = { ...backup, roles: ["ana", "shop_owner", "ana"], owner: "zoe" };
    const kept = planRestore(lost, target, request);
    expect(kept.missingRoles).toEqual(["ana", "zoe"]);
    expect(codes(kept.warnings)).toEqual(["roles-missing"]);
    expect(kept.blockers).toEqual([]);
    expect(planRestore(lost, target, { ...request, owners: "none" }).warnings).toEqual([]);
  });

  it("takes missing tablespaces as a warning, and never misses the built-in ones", () => {
    const plan = planRestore({ ...backup, tablespaces: ["fast", "pg_default"] }, target, request);
    expect(plan.missingTablespaces).toEqual(["fast"]);
    expect(codes(plan.warnings)).toEqual(["tablespaces-missing"]);
  });
});

describe("databaseNameProblem", () => {
  it.each(["-Fp", "a=b", 'x"; drop', "Ñandú 表", "dbname=postgres user=postgres", "../x", "new\nline", "é".repeat(31)])(
    "takes %j as just a name",
    (name) => {
      expect(databaseNameProblem(name)).toBeNull();
    },
  );

  it.each(["", "é".repeat(32), "a\u0000b", "postgres"])("refuses %j", (name) => {
    expect(databaseNameProblem(name)?.code).toBe("target-name-invalid");
  });
});

describe("majorOf", () => {
  it("reads the forms that servers and tools print", () => {
    expect([majorOf("15.20 (Debian 15.20-0)"), majorOf("17.12"), majorOf("18beta1")]).toEqual([15, 17, 18]);
  });
});
