import { describe, expect, it } from "vitest";
import type { RestoreDetailDto, TableComparisonDto } from "#lib/contracts/restores";
import { restoreVerdict } from "./restore-verdict.ts";

type Judged = Parameters<typeof restoreVerdict>[0];

function table(verdict: TableComparisonDto["verdict"], rows: number): TableComparisonDto {
  const actual = verdict === "missing" || verdict === "not-restored" ? null : rows;
  const sha = "a".repeat(64);
  return { schema: "public", table: `t${rows}`, expectedRows: rows, actualRows: actual, expectedSha256: sha, actualSha256: sha, verdict };
}

function restore(change: Partial<Judged>, tables: TableComparisonDto[] | null = [table("equal", 3), table("equal", 4)]): Judged {
  return {
    run: { state: "succeeded" } as RestoreDetailDto["run"],
    content: "all",
    errors: [],
    outcome: "created",
    comparison: tables && { tables, equal: 0, different: 0, rowsExpected: 0, rowsActual: 0 },
    ...change,
  };
}

const failed = { state: "failed" } as RestoreDetailDto["run"];
const ownership = { class: "ownership", entry: "TABLE orders", message: 'role "shop" does not exist' } as const;

describe("the verdict about a restore", () => {
  it("says that every row is accounted for only when all compared tables are equal", () => {
    expect(restoreVerdict(restore({}))).toMatchObject({ level: "good", code: "all-equal", params: { tables: 2, rows: 7 } });
  });

  it("counts from the tables themselves, not from a summary that may be wrong", () => {
    const verdict = restoreVerdict(restore({}, [table("equal", 3), table("different", 4), table("missing", 5)]));
    expect(verdict).toMatchObject({ level: "bad", code: "differs", params: { different: 2, tables: 3 } });
  });

  it("leaves tables that were not chosen out of the sentence and counts them", () => {
    const verdict = restoreVerdict(restore({}, [table("equal", 3), table("not-restored", 9)]));
    expect(verdict).toMatchObject({ code: "all-equal", params: { tables: 1, rows: 3, notRestored: 1 } });
  });

  it("does not call a restore with errors good", () => {
    expect(restoreVerdict(restore({ errors: [ownership] }))).toMatchObject({ level: "attention", code: "all-equal-with-errors" });
    expect(restoreVerdict(restore({ content: "schema", errors: [ownership] }, null)).level).toBe("attention");
  });

  it("does not call an uncompared restore good", () => {
    expect(restoreVerdict(restore({}, null))).toMatchObject({ level: "attention", code: "not-compared" });
    expect(restoreVerdict(restore({}, []))).toMatchObject({ level: "attention", code: "not-compared" });
  });

  it("says what became of the new database after a failure", () => {
    expect(restoreVerdict(restore({ run: failed, outcome: "removed" }, null)).code).toBe("failed-removed");
    expect(restoreVerdict(restore({ run: failed, outcome: "kept-after-failure" }, null)).code).toBe("failed-kept");
    expect(restoreVerdict(restore({ run: failed, outcome: "pending" }, null)).code).toBe("failed");
  });

  it("has no verdict while it runs", () => {
    const run = { state: "running" } as RestoreDetailDto["run"];
    expect(restoreVerdict(restore({ run })).level).toBe("running");
  });
});
