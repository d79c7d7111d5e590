import { describe, expect, it } from "vitest";
import { applicableState, type KnownBefore } from "./drill-applicable.ts";
import { builtInChecks, checkTypes } from "./drill-checks.ts";
import {
  judgeMigrationHead,
  judgeNewestRow,
  judgeProperties,
  judgeRestoreErrors,
  judgeSequences,
  judgeSize,
  timeOfText,
} from "./drill-judge-database.ts";
import { judgeRoles, type NamedObject } from "./drill-judge-objects.ts";
import { judgeHttp, judgeSql, type SqlExpectation } from "./drill-judge-own.ts";
import { judgeRecoveryPoint, judgeRecoveryTime, recoveryOf } from "./drill-judge-recovery.ts";
import { bounded, found, mostEvidenceBytes } from "./drill-judgement.ts";

type Comparison = Extract<SqlExpectation, { type: "value" }>["comparison"];
const value = (cell: string | null, comparison: Comparison, wanted: string) =>
  judgeSql({ type: "value", comparison, value: wanted }, { rows: [[cell, "more"]], truncated: false }).verdict;

describe("an SQL check", () => {
  it.each<[string | null, Comparison, string, "passed" | "failed"]>([
    ["10", ">", "9", "passed"],
    ["10", "=", "10.00", "passed"],
    ["-0.5", "<", "0", "passed"],
    ["9007199254740993", "=", "9007199254740992", "failed"],
    ["123456789012345678901234567890.1", ">", "123456789012345678901234567890", "passed"],
    ["1e+20", "=", "100000000000000000000", "passed"],
    ["2.5e-3", "=", "0.0025", "passed"],
    ["abc", "=", "abc", "passed"],
    ["abc", "<", "abd", "passed"],
    ["t", "=", "true", "failed"],
    ["10", "<=", "ten", "passed"],
    [null, "=", "", "failed"],
    [null, "!=", "1", "failed"],
    ["", "=", "0", "failed"],
  ])("finds that %s %s %s has %s", (cell, comparison, wanted, verdict) => {
    expect(value(cell, comparison, wanted)).toBe(verdict);
  });

  it("wants exactly one row for a value", () => {
    const expect_: SqlExpectation = { type: "value", comparison: "=", value: "1" };
    expect(judgeSql(expect_, { rows: [], truncated: false })).toMatchObject({ verdict: "failed", actual: "0 rows instead of one" });
    expect(judgeSql(expect_, { rows: [["1"], ["1"]], truncated: false }).verdict).toBe("failed");
  });

  it("compares rows in their order, and tells null from text", () => {
    const rows = (wanted: (string | null)[][], got: (string | null)[][], truncated = false) =>
      judgeSql({ type: "rows", rows: wanted }, { rows: got, truncated });
    expect(rows([["1", null]], [["1", null]]).verdict).toBe("passed");
    expect(rows([["1", null]], [["1", "null"]]).verdict).toBe("failed");
    expect(rows([["1"], ["2"]], [["2"], ["1"]])).toMatchObject({
      verdict: "failed",
      evidence: "row 1: 1 expected, 2 found\nrow 2: 2 expected, 1 found",
    });
    expect(rows([["1"]], [["1"]], true).verdict).toBe("failed");
    expect(rows([], []).verdict).toBe("passed");
  });
});

describe("an HTTP check", () => {
  const judge = (method: "GET" | "POST", answer: { status: number; matches: boolean | null }) =>
    judgeHttp({ method, status: 200, bodyPattern: "session" }, { ...answer, body: "session=s3cret" });

  it("keeps the answer to a GET as evidence, and of a POST only what was found of it", () => {
    expect(judge("GET", { status: 200, matches: true }).evidence).toBe("status 200\n\nsession=s3cret");
    for (const [answer, verdict, told] of [
      [{ status: 200, matches: true }, "passed", "the body matches the pattern"],
      [{ status: 200, matches: false }, "failed", "the body does not match the pattern"],
      [{ status: 200, matches: null }, "failed", "the pattern takes too long on the body"],
      [{ status: 500, matches: true }, "failed", "the body matches the pattern"],
    ] as const) {
      const judged = judge("POST", answer);
      expect(judged.verdict).toBe(verdict);
      expect(JSON.stringify(judged)).not.toContain("s3cret");
      expect(judged.evidence).toContain(told);
    }
  });
});

describe("properties of a database", () => {
  const recorded = {
    owner: "shop",
    encoding: "UTF8",
    localeProvider: "libc",
    collate: "en_US.UTF-8",
    ctype: "en_US.UTF-8",
    icuLocale: null,
    acl: [] as string[],
    settings: [{ role: null as string | null, setting: "a=1" }],
    comment: null,
    connectionLimit: -1,
  };
  const judge = (copy: Partial<typeof recorded>, more: Partial<typeof recorded> = {}) =>
    judgeProperties({ ...recorded, ...more }, { ...recorded, ...more, ...copy }, ["lifeboat_reader"]);

  it("are the same however a server writes them", () => {
    expect(judge({ collate: "en_US.utf8", ctype: "en_US.utf8" }).verdict).toBe("passed");
    expect(judge({ acl: ["=Tc/shop", "shop=CTc/shop"] }).verdict).toBe("passed");
    expect(judge({ acl: ['"shop"=CTc/postgres', "=Tc/postgres", "lifeboat_reader=c/postgres"] }).verdict).toBe("passed");
    expect(judge({ acl: ['"b c"=cT*/shop'] }, { acl: ['"b c"=T*c/other'] }).verdict).toBe("passed");
  });

  it("are told when they differ", () => {
    expect(judge({ owner: "postgres", encoding: "LATIN1" })).toMatchObject({
      verdict: "failed",
      reason: { code: "check-differs", params: { expected: "owner shop", actual: "owner postgres" } },
      evidence: expect.stringContaining("encoding: UTF8 expected, LATIN1 found"),
    });
    expect(judge({ acl: ["shop=CTc/shop"] }).evidence).toBe("grants: =Tc shop=CTc expected, shop=CTc found");
    expect(judge({ acl: ["=T*c/shop", "shop=CTc/shop"] }).verdict).toBe("failed");
    expect(judge({ collate: "C", ctype: "C" }).verdict).toBe("failed");
    expect(judge({ settings: [{ role: "a", setting: "a=1" }] }).verdict).toBe("failed");
  });
});

describe("sequences", () => {
  const copy = { schema: "s", name: "q", lastValue: "10", direction: "up" as const, columns: [], behind: false };
  const judge = (
    change: Partial<Omit<typeof copy, "direction" | "lastValue">> & { lastValue?: string | null; direction?: "up" | "down" | "cycle" },
    lastValue = "10",
  ) => judgeSequences([{ schema: "s", name: "q", lastValue }], [{ ...copy, ...change }]).verdict;

  it("may be further than they were recorded, in their direction, and never less far", () => {
    expect(judge({})).toBe("passed");
    expect(judge({ lastValue: "12" })).toBe("passed");
    expect(judge({ lastValue: "9" })).toBe("failed");
    expect(judge({ lastValue: null })).toBe("failed");
    expect(judge({ lastValue: null }, "")).toBe("passed");
    expect(judge({ lastValue: "9", direction: "down" })).toBe("passed");
    expect(judge({ lastValue: "1", direction: "cycle" })).toBe("passed");
    expect(judge({ behind: true })).toBe("failed");
    expect(judge({ name: "other" })).toBe("failed");
  });
});

describe("owners and grants", () => {
  const facts = { recorded: ["a"], present: ["a", "b"], ownRoles: ["lifeboat_reader"], told: [] };
  const object = (change: Partial<NamedObject>): NamedObject => ({
    type: "TABLE",
    schema: "public",
    name: "t",
    owner: "a",
    grants: [],
    ...change,
  });
  const acl = (grants: string[], name = "TABLE t") => object({ type: "ACL", name, grants });
  const judge = (archive: NamedObject[], copy: NamedObject[], from = "15.4", to = "17.1") =>
    judgeRoles({ serverVersion: from, objects: archive }, { serverVersion: to, objects: copy }, facts);

  it("do not depend on the order of privileges, on our own roles, or on whether an object is there", () => {
    expect(
      judge([acl(["GRANT SELECT,INSERT ON TABLE public.t TO b"])], [acl(["GRANT INSERT,SELECT ON TABLE public.t TO b"])]).verdict,
    ).toBe("passed");
    expect(
      judge([acl(["GRANT SELECT(x),UPDATE(y) ON TABLE public.t TO b"])], [acl(["GRANT UPDATE(y),SELECT(x) ON TABLE public.t TO b"])])
        .verdict,
    ).toBe("passed");
    expect(
      judge(
        [acl(["GRANT ALL ON TABLE public.t TO b"])],
        [acl(["GRANT ALL ON TABLE public.t TO b", "GRANT SELECT ON TABLE public.t TO lifeboat_reader"])],
      ).verdict,
    ).toBe("passed");
    expect(judge([object({ name: "gone" })], []).verdict).toBe("passed");
  });

  it("of the schema public are the newer server's own, where the older one had others", () => {
    const [before, after] = [
      acl(["GRANT ALL ON SCHEMA public TO PUBLIC"], "SCHEMA public"),
      acl(["GRANT USAGE ON SCHEMA public TO PUBLIC"], "SCHEMA public"),
    ];
    expect(judge([before], [after], "14.9", "17.1").verdict).toBe("passed");
    expect(judge([before], [after], "15.4", "17.1").verdict).toBe("failed");
  });

  it("of things with one name are compared together", () => {
    const operators = (...owners: string[]) => owners.map((owner) => object({ type: "OPERATOR", name: "+", owner }));
    expect(judge(operators("a", "b"), operators("b", "a")).verdict).toBe("passed");
    expect(judge(operators("a", "b"), operators("a", "a")).verdict).toBe("failed");
  });
});

describe("the migration head", () => {
  const of = (tool: string, head: string) => ({ tool, head });
  it("is compared with what was recorded and with what an application declares", () => {
    const copy = of("django", "auth.0012");
    const known = { recorded: copy, copy, copyHeads: ["auth.0012", "shop.0007"] };
    const declared = (tool: string, head: string) => ({ ...of(tool, head), application: "shop" });
    expect(judgeMigrationHead({ ...known, declared: declared("django", "shop.0007") }).verdict).toBe("passed");
    expect(judgeMigrationHead({ ...known, declared: declared("django", "shop.0008") }).verdict).toBe("failed");
    expect(judgeMigrationHead({ ...known, declared: declared("rails", "shop.0007") }).verdict).toBe("failed");
    expect(judgeMigrationHead({ ...known, copy: null, copyHeads: [], declared: null }).verdict).toBe("failed");
    const branches = { recorded: null, copy: of("alembic", "a, b"), copyHeads: ["a", "b"] };
    expect(judgeMigrationHead({ ...branches, declared: declared("alembic", "a, b") }).verdict).toBe("passed");
    expect(judgeMigrationHead({ ...branches, declared: declared("alembic", "a") }).verdict).toBe("failed");
  });
});

describe("times and sizes", () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 12, minutes));
  it("are bounded on the safe side", () => {
    expect(judgeNewestRow(at(0), at(10), { name: "t", maxAgeMinutes: 10 }).verdict).toBe("passed");
    expect(judgeNewestRow(at(0), at(11), { name: "t", maxAgeMinutes: 10 }).verdict).toBe("failed");
    expect(judgeNewestRow(null, at(11), { name: "t", maxAgeMinutes: 10 })).toMatchObject({ verdict: "failed", actual: "no row" });
    const bounds = { shrinkPercent: 10, growPercent: 100 };
    expect([899, 900, 2000, 2001].map((bytes) => judgeSize(bytes, 1000, bounds).verdict)).toEqual(["failed", "passed", "passed", "failed"]);
    expect(judgeRecoveryPoint(at(0), at(1), 60).verdict).toBe("passed");
    expect(judgeRecoveryPoint(at(0), at(1), 59)).toMatchObject({
      verdict: "failed",
      reason: { code: "objective-missed", params: { actualSeconds: 60 } },
    });
  });

  it("are read from what programs write into files", () => {
    const iso = (text: string) => timeOfText(text)?.toISOString() ?? null;
    expect(iso("2026-01-02 03:04:05")).toBe("2026-01-02T03:04:05.000Z");
    expect(iso("2026-01-02T03:04:05.5+02:00")).toBe("2026-01-02T01:04:05.500Z");
    expect(iso("2026-01-02")).toBe("2026-01-02T00:00:00.000Z");
    expect(iso("1767322800")).toBe("2026-01-02T03:00:00.000Z");
    expect(iso("1767322800000")).toBe("2026-01-02T03:00:00.000Z");
    expect([iso("customer 7"), iso("2026-13-45"), iso("")]).toEqual([null, null, null]);
  });

  it("stop the recovery clock with the last mandatory check", () => {
    const check = (key: string, change: object = {}) => ({
      key,
      type: "content" as const,
      mandatory: true,
      state: "passed" as const,
      finishedAt: at(5),
      ...change,
    });
    const waiting = recoveryOf([check("a"), check("b", { state: "pending", finishedAt: null })]);
    expect(waiting).toEqual({ state: "waiting" });
    expect(recoveryOf([check("a"), check("b", { state: "failed" })])).toEqual({ state: "failed", count: 1, first: "b" });
    const recovery = recoveryOf([
      check("a"),
      check("b", { finishedAt: at(7) }),
      check("c", { mandatory: false, state: "failed" }),
      check("d", { state: "not-applicable" }),
    ]);
    expect(recovery).toEqual({ state: "recovered", at: at(7) });
    expect(recoveryOf([check("a", { mandatory: false })])).toEqual({ state: "waiting" });
    const judge = (objectiveSeconds: number | null) =>
      judgeRecoveryTime({ recovery, startedAt: at(0), stoppedAt: null, objectiveSeconds })?.verdict;
    expect([judge(420), judge(419), judge(null)]).toEqual(["passed", "failed", undefined]);
    expect(judgeRecoveryTime({ recovery: waiting, startedAt: at(0), stoppedAt: null, objectiveSeconds: 1 })).toBe(null);
  });
});

it("errors of owners and grants are another check's", () => {
  const error = (kind: string) => ({ class: kind, entry: "TABLE t", message: "m" });
  expect(judgeRestoreErrors(1, [error("ownership"), error("privileges")]).verdict).toBe("passed");
  expect(judgeRestoreErrors(1, [error("ownership"), error("other")])).toMatchObject({
    verdict: "failed",
    reason: { code: "check-found", params: { count: 1 } },
  });
  expect(judgeRestoreErrors(1, []).verdict).toBe("failed");
});

it("evidence is cut at a character, and says so", () => {
  const text = bounded("ñ".repeat(50_000));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostEvidenceBytes);
  expect(text).toMatch(/ñ\n… 100000 bytes in all$/);
  expect(found("rows", ["x"], { expected: "", actual: "" }, 5).reason?.params).toEqual({ what: "rows", count: 5, first: "x" });
});

describe("what applies", () => {
  const known: KnownBefore = {
    engine: "postgres",
    target: "sandbox",
    confined: true,
    hasProperties: true,
    hasContent: true,
    sequences: 1,
    extensions: 1,
    hasMigrationHead: true,
    previousCopyBytes: 1,
    recoveryTimeSeconds: 1,
    recoveryPointSeconds: 1,
  };
  const not = (change: Partial<KnownBefore>) =>
    checkTypes.filter((type) => applicableState({ type }, { ...known, ...change }) === "not-applicable");

  it("is decided by what the backup and the plan are", () => {
    expect(not({})).toEqual(["sqlite-integrity", "sqlite-foreign-keys"]);
    expect(not({ sequences: 0, hasMigrationHead: false, previousCopyBytes: null, recoveryTimeSeconds: null })).toEqual([
      "sequences",
      "migration-head",
      "size",
      "sqlite-integrity",
      "sqlite-foreign-keys",
      "recovery-time",
    ]);
    expect(not({ confined: false })).toContain("index-structure");
    expect(not({ hasContent: false })).toContain("content");
    expect(not({ engine: "sqlite", target: "file", hasContent: false })).not.toContain("content");
    expect(applicableState({ type: "migration-head", application: "shop" }, { ...known, hasMigrationHead: false })).toBe("pending");
    const ofFile = new Set(not({ engine: "sqlite", target: "file" }));
    expect(builtInChecks.filter((type) => !ofFile.has(type))).toEqual([
      "stream-checksum",
      "tables-present",
      "content",
      "newest-row",
      "size",
      "sqlite-integrity",
      "sqlite-foreign-keys",
      "recovery-time",
      "recovery-point",
    ]);
  });
});
