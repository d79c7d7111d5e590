import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import english from "#messages/en" with { type: "json" };
import { auditActions, knownAuditAction } from "./audit-actions.ts";

/** A quoted act; `join("…", "restore.dump")` is a file. */
const code =
  /(?<!join\([^)]*, )"((?:session|user|token|server|source|backup|chain|import|orphan|storage|restore|drill|drill-plan|report|report-key|incident|gate|run|destination|sample|audit|policy|clock|schedule|settings|channel|delivery)\.[a-z-]+)"/g;

/** The acts that the verbs record, as they stand in the files that record them. */
function recorded(): string[] {
  const files = globSync("lib/**/*.ts").filter((name) => !name.includes(".test."));
  const texts = files
    .map((name) => readFileSync(name, "utf8"))
    .filter((text) => /\b(?:recordAudits?|beginExport|changeIncident|moveDrill|savePlan|audit)\(/.test(text));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(code)].map(([, found]) => found ?? "")))];
}

describe("the acts of the audit log", () => {
  it("are known here as soon as a verb records them", () => {
    const found = recorded();
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((each) => knownAuditAction(each) === undefined)).toEqual([]);
  });

  it("are offered only where something records them, and have words", () => {
    const found = recorded();
    expect(auditActions.filter((each) => !found.includes(each))).toEqual([]);
    const words = Object.entries(english.activity.actions).flatMap(([entity, verbs]) =>
      Object.keys(verbs).map((verb) => `${entity}.${verb}`),
    );
    expect(words.toSorted()).toEqual(auditActions.toSorted());
  });
});
