import { afterAll, beforeAll, expect, it } from "vitest";
import { drills } from "#lib/db/schema/drills";
import type { DrillVerdict } from "#lib/domain/drill-state";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { previousCopyBytes } from "./choose-backup.ts";

let test: TestCatalogue;
beforeAll(async () => {
  test = await createCatalogue();
});
afterAll(() => test.drop());

it("a copy is measured by the last one of a drill that did not fail", async () => {
  const { db } = test.catalogue;
  const sourceId = await insertSource(db, await insertServer(db));
  const closed = (verdict: DrillVerdict, copyBytes: number, minute: number) =>
    db.insert(drills).values({
      id: newId("drill"),
      sourceId,
      planId: "plan",
      state: "closed",
      trigger: "manual",
      operatorName: "Test",
      wantedTarget: { type: "sandbox" },
      playbookVersion: 1,
      playbook: "",
      verdict,
      copyBytes,
      startedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
    });
  const next = { id: newId("drill"), sourceId };
  await closed("failed", 10, 0);
  expect(await previousCopyBytes(db, next)).toBe(null);
  await closed("passed", 1_000, 1);
  await closed("passed-with-findings", 1_100, 2);
  await closed("failed", 20, 3);
  expect(await previousCopyBytes(db, next)).toBe(1_100);
});
