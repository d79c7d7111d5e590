import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { drills } from "#lib/db/schema/drills";
import { failed, passed } from "#lib/domain/drill-judgement";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { settleRecoveryTime } from "./recovery-time.ts";
import { judgeFailedRestore, loadChecks, resetChecks, writeChecks, writeVerdict } from "./rows.ts";

describe("the recovery clock", () => {
  let test: TestCatalogue;
  let sourceId: string;

  beforeAll(async () => {
    test = await createCatalogue();
    sourceId = await insertSource(test.catalogue.db, await insertServer(test.catalogue.db));
  });
  afterAll(() => test.drop());

  const checks: CheckDefinition[] = [
    { key: "stream", name: "", mandatory: true, type: "stream-checksum" },
    { key: "content", name: "", mandatory: true, type: "content" },
    { key: "look", name: "", mandatory: true, type: "manual", question: "Well?", hint: "" },
    { key: "advice", name: "", mandatory: false, type: "roles" },
    { key: "time", name: "", mandatory: true, type: "recovery-time" },
  ];

  async function begin(startedSecondsAgo: number, recoveryTimeSeconds: number): Promise<string> {
    const { db } = test.catalogue;
    const id = newId("drill");
    await db.update(drills).set({ state: "closed" });
    await db.insert(drills).values({
      id,
      sourceId,
      planId: "plan",
      state: "validating",
      trigger: "manual",
      operatorName: "Test",
      wantedTarget: { type: "sandbox" },
      recoveryTimeSeconds,
      clockStartedAt: new Date(Date.now() - startedSecondsAgo * 1_000),
      playbookVersion: 1,
      playbook: "",
      startedAt: new Date(),
    });
    const known = {
      engine: "postgres",
      target: "sandbox",
      hasProperties: true,
      hasContent: true,
      sequences: 1,
      extensions: 1,
      hasMigrationHead: true,
      previousCopyBytes: null,
      recoveryPointSeconds: null,
    } as const;
    await db.transaction((tx) => writeChecks(tx, id, checks, { ...known, recoveryTimeSeconds }));
    return id;
  }

  /** Writes a verdict and settles, as whoever ends a check does. */
  async function decide(id: string, verdicts: Readonly<Record<string, "passed" | "failed">>) {
    const { db } = test.catalogue;
    await db.transaction(async (tx) => {
      for (const [key, verdict] of Object.entries(verdicts)) {
        await resetChecks(tx, id, [key]);
        const judgement =
          verdict === "passed" ? passed("a", "a") : failed("a", "b", { code: "check-differs", params: { expected: "a", actual: "b" } });
        await writeVerdict(tx, id, key, judgement, 1);
      }
      await settleRecoveryTime(tx, id);
    });
    const [drill] = await db.select().from(drills).where(eq(drills.id, id));
    const time = (await loadChecks(db, id)).find(({ key }) => key === "time")!;
    return { stoppedAt: drill!.clockStoppedAt, time };
  }

  it("stops when the last mandatory check has passed, people's among them, and stays stopped", async () => {
    const id = await begin(100, 900);
    const first = await decide(id, { stream: "passed", content: "passed", advice: "failed" });
    expect([first.stoppedAt, first.time.state]).toEqual([null, "pending"]);
    const done = await decide(id, { look: "passed" });
    expect(done.stoppedAt).not.toBe(null);
    expect(done.time).toMatchObject({ state: "passed", expected: "at most 900 s", attempts: [] });
    expect(Number.parseInt(done.time.actual, 10)).toBeGreaterThanOrEqual(100);
    const again = await decide(id, { content: "passed" });
    expect(again.stoppedAt).toEqual(done.stoppedAt);
    expect(again.time).toMatchObject({ state: "passed", actual: done.time.actual, attempts: [] });
  });

  it("fails the objective that was missed, and nothing else", async () => {
    const id = await begin(100, 60);
    const { time } = await decide(id, { stream: "passed", content: "passed", look: "passed" });
    expect(time).toMatchObject({ state: "failed", reason: { code: "objective-missed", params: { objectiveSeconds: 60 } } });
    const others = (await loadChecks(test.catalogue.db, id)).filter(({ key, state }) => key !== "time" && state === "failed");
    expect(others).toEqual([]);
  });

  it("goes on when a check fails after all, and stops again when it passes", async () => {
    const id = await begin(10, 900);
    await decide(id, { stream: "passed", content: "passed", look: "passed" });
    const worse = await decide(id, { content: "failed" });
    expect(worse.stoppedAt).toBe(null);
    expect(worse.time).toMatchObject({
      state: "failed",
      reason: { code: "check-failed", params: { count: 1, first: "content" } },
      attempts: [{ state: "passed" }],
    });
    const better = await decide(id, { content: "passed" });
    expect(better.stoppedAt).not.toBe(null);
    expect(better.time.attempts.map(({ state }) => state)).toEqual(["passed", "failed"]);
  });

  it("does not run for a restore that failed: that is the verdict of the stream", async () => {
    const id = await begin(10, 900);
    const error = new Error("cut");
    await test.catalogue.db.transaction((tx) => judgeFailedRestore(tx, id, error, false));
    const states = Object.fromEntries((await loadChecks(test.catalogue.db, id)).map(({ key, state }) => [key, state]));
    expect(states).toEqual({ stream: "failed", content: "pending", look: "pending", advice: "pending", time: "pending" });
  });
});
