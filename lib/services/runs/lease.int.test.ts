import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chains } from "#lib/db/schema/chains";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { extendChainLock, lockChain, unlockChains } from "../chains/lock.ts";
import { awaitProbe } from "./await-probe.ts";
import { cancelRun } from "./cancel.ts";
import { claimRun } from "./claim.ts";
import { finishRun } from "./finish.ts";
import { extendLease, keepLease } from "./heartbeat.ts";
import { assertLease, type Lease } from "./lease.ts";
import { createReporter } from "./progress.ts";
import { type RunRow, startRun } from "./start.ts";

let test: TestCatalogue;
let context: TestContext;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
});

afterAll(() => test.drop());

const db = () => test.catalogue.db;
let nextSubject = 0;

/** A queued run with a subject and a group of its own, so that tests do not claim each other's. */
function queue(change: Partial<Parameters<typeof startRun>[2]> = {}): Promise<RunRow> {
  nextSubject += 1;
  return startRun(db(), context, {
    type: "backup",
    subject: `subject-${nextSubject}`,
    trigger: "manual",
    steps: ["prepare", "dump"],
    ...change,
  });
}

async function claim(run: RunRow, workerId = "wrk_a", leaseMs = 60_000): Promise<Lease> {
  await db()
    .update(runs)
    .set({ workerGroup: run.id.slice(-20) })
    .where(eq(runs.id, run.id));
  const claimed = await claimRun(db(), { workerId, group: run.id.slice(-20), leaseMs, probes: run.isProbe });
  expect(claimed?.id).toBe(run.id);
  return { runId: run.id, workerId, fencingToken: claimed?.fencingToken ?? 0 };
}

async function read(id: string): Promise<RunRow> {
  const [row] = await db().select().from(runs).where(eq(runs.id, id));
  if (row === undefined) throw new Error("gone");
  return row;
}

describe("startRun", () => {
  it("lets one of many triggers through and tells the others its id", async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        startRun(db(), context, { type: "backup", subject: "src_contended", trigger: "manual", steps: ["prepare"] }),
      ),
    );
    const started = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    expect(started).toHaveLength(1);
    for (const attempt of attempts.filter((each) => each.status === "rejected")) {
      expect(attempt.reason).toMatchObject({ code: "run-active", params: { runId: started[0]?.id, type: "backup" } });
    }
  });

  it("lets the next one through when the first has ended, and never counts probes", async () => {
    const first = await queue({ subject: "src_again" });
    await expect(queue({ subject: "src_again" })).rejects.toMatchObject({ code: "run-active" });
    await cancelRun(context, { params: { id: first.id }, query: {}, body: {}, ifMatch: null });
    await queue({ subject: "src_again" });
    await queue({ subject: "probe", type: "check-server" });
    await queue({ subject: "probe", type: "check-server" });
  });
});

describe("claimRun", () => {
  it("gives one run to one of many workers", async () => {
    const run = await queue();
    await db().update(runs).set({ workerGroup: "contended" }).where(eq(runs.id, run.id));
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        claimRun(db(), { workerId: `wrk_${index}`, group: "contended", leaseMs: 1000, probes: false }),
      ),
    );
    expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
  });

  it("leaves runs of other groups and of the other kind alone", async () => {
    const run = await queue();
    await db().update(runs).set({ workerGroup: "elsewhere" }).where(eq(runs.id, run.id));
    expect(await claimRun(db(), { workerId: "w", group: "nowhere", leaseMs: 1000, probes: false })).toBeNull();
    expect(await claimRun(db(), { workerId: "w", group: "elsewhere", leaseMs: 1000, probes: true })).toBeNull();
    expect((await read(run.id)).state).toBe("queued");
  });
});

describe("a lease", () => {
  it("is refused to an older claim, whatever that worker still believes", async () => {
    const run = await queue();
    const lease = await claim(run);
    const stale = { ...lease, fencingToken: lease.fencingToken - 1 };
    await expect(db().transaction((tx) => assertLease(tx, stale))).rejects.toMatchObject({ code: "lease-lost" });
    await expect(finishRun(db(), stale, { state: "succeeded" })).rejects.toMatchObject({ code: "lease-lost" });
    expect((await read(run.id)).state).toBe("running");
    await finishRun(db(), lease, { state: "succeeded" });
    await expect(finishRun(db(), lease, { state: "failed" })).rejects.toMatchObject({ code: "lease-lost" });
    expect((await read(run.id)).state).toBe("succeeded");
  });

  it("is lengthened by the database's clock, and not once the run is over", async () => {
    const lease = await claim(await queue(), "wrk_a", 1_000);
    expect(await extendLease(db(), lease, 60_000)).toEqual({ held: true, cancelRequested: false });
    const [row] = await db()
      .select({ left: sql<number>`extract(epoch from ${runs.leaseExpiresAt} - clock_timestamp())` })
      .from(runs)
      .where(eq(runs.id, lease.runId));
    expect(Number(row?.left)).toBeGreaterThan(50);
    await finishRun(db(), lease, { state: "failed", error: { code: "io-error", params: {} } });
    expect(await extendLease(db(), lease, 60_000)).toEqual({ held: false, cancelRequested: false });
  });

  it.each([
    ["run-cancelled", (id: string) => db().update(runs).set({ cancelRequestedAt: new Date() }).where(eq(runs.id, id))],
    ["lease-lost", (id: string) => db().update(runs).set({ state: "failed" }).where(eq(runs.id, id))],
  ])("aborts the run with %s", async (code, change) => {
    const lease = await claim(await queue());
    const controller = new AbortController();
    const keeper = keepLease(db(), lease, controller, { leaseMs: 60_000, heartbeatMs: 20, logger: quietLogger });
    await change(lease.runId);
    await expect.poll(() => controller.signal.aborted).toBe(true);
    expect(controller.signal.reason).toMatchObject({ code });
    await keeper.stop();
  });
});

describe("a run's end", () => {
  it("leaves no step that looks as if it still worked", async () => {
    const run = await queue();
    const lease = await claim(run);
    const reporter = createReporter(db(), lease, { progressMs: 10, logger: quietLogger });
    await reporter.setStep("prepare", { state: "running" });
    const error = { code: "no-space", params: { path: "/x", freeBytes: 1, neededBytes: 2 } } as const;
    await finishRun(db(), lease, { state: "failed", error });
    const steps = await db().select().from(runSteps).where(eq(runSteps.runId, run.id)).orderBy(runSteps.ordinal);
    expect(steps.map((step) => [step.code, step.state, step.error?.code])).toEqual([
      ["prepare", "failed", "no-space"],
      ["dump", "skipped", undefined],
    ]);
  });
});

describe("cancelRun", () => {
  it("ends a queued run at once, asks a running one, and refuses one that is over", async () => {
    const queued = await queue();
    const input = (id: string) => ({ params: { id }, query: {}, body: {}, ifMatch: null });
    expect(await cancelRun(context, input(queued.id))).toMatchObject({ state: "cancelled", error: { code: "run-cancelled" } });
    await expect(cancelRun(context, input(queued.id))).rejects.toMatchObject({ code: "run-finished" });
    const running = await queue();
    await claim(running);
    expect(await cancelRun(context, input(running.id))).toMatchObject({ state: "running", cancelRequested: true });
    await cancelRun(context, input(running.id));
  });
});

describe("awaitProbe", () => {
  it("says that nobody is there instead of waiting for the whole time", async () => {
    const run = await queue({ type: "check-server" });
    const startedMs = performance.now();
    await expect(awaitProbe(context, run.id, { timeoutMs: 15_000 })).rejects.toMatchObject({
      code: "no-worker",
      params: { group: "default" },
    });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect((await read(run.id)).state).toBe("cancelled");
  });

  it("gives the answer, or throws the probe's own failure", async () => {
    const good = await queue({ type: "check-server" });
    await finishRun(db(), await claim(good), { state: "succeeded", output: { serverVersion: "15.20" } });
    expect(await awaitProbe(context, good.id, { timeoutMs: 1_000 })).toEqual({ serverVersion: "15.20" });
    const bad = await queue({ type: "check-server" });
    await finishRun(db(), await claim(bad), { state: "failed", error: { code: "host-unknown", params: { host: "nowhere" } } });
    await expect(awaitProbe(context, bad.id, { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: "host-unknown",
      params: { host: "nowhere" },
    });
  });

  it("gives up on a probe that takes too long, and asks it to stop", async () => {
    const slow = await queue({ type: "check-server" });
    await claim(slow);
    await expect(awaitProbe(context, slow.id, { timeoutMs: 300 })).rejects.toMatchObject({ code: "probe-timeout" });
    expect((await read(slow.id)).cancelRequestedAt).not.toBeNull();
  });
});

describe("a chain's lock", () => {
  async function createChain(): Promise<string> {
    const serverId = makeId("server", context.newUuid());
    const sourceId = makeId("source", context.newUuid());
    const chainId = makeId("chain", context.newUuid());
    const now = new Date();
    const server = { id: serverId, slug: serverId, name: serverId, host: "h", port: 1, tlsMode: "disable" as const, username: "u" };
    await db()
      .insert(servers)
      .values({ ...server, maintenanceDatabase: "postgres", createdAt: now, updatedAt: now });
    const source = { id: sourceId, slug: sourceId, name: sourceId, engine: "postgres" as const, serverId, database: "d" };
    await db()
      .insert(sources)
      .values({ ...source, environment: "development", createdAt: now, updatedAt: now });
    await db().insert(chains).values({ id: chainId, sourceId, seed: "00", averageSegmentBytes: 65_536, formatVersion: 1, createdAt: now });
    return chainId;
  }

  it("is shared by readers and keeps removers out, and the other way round", async () => {
    const chainId = await createChain();
    const lock = (holder: string, mode: "shared" | "exclusive") => lockChain(db(), { chainId, holder, mode, leaseMs: 60_000 });
    await lock("reader-1", "shared");
    await lock("reader-2", "shared");
    await expect(lock("remover", "exclusive")).rejects.toMatchObject({ code: "chain-locked", params: { chainId } });
    await unlockChains(db(), "reader-1");
    await unlockChains(db(), "reader-2");
    await lock("remover", "exclusive");
    await expect(lock("reader-3", "shared")).rejects.toMatchObject({ code: "chain-locked", params: { by: "remover" } });
    await lock("remover", "exclusive");
  });

  it("ends with its lease, and says so to whoever thought to hold it", async () => {
    const chainId = await createChain();
    await lockChain(db(), { chainId, holder: "dead", mode: "shared", leaseMs: -1 });
    await lockChain(db(), { chainId, holder: "remover", mode: "exclusive", leaseMs: 60_000 });
    expect(await extendChainLock(db(), { chainId, holder: "dead", leaseMs: 60_000 })).toBe(false);
    expect(await extendChainLock(db(), { chainId, holder: "remover", leaseMs: 60_000 })).toBe(true);
  });

  it("is let go of in the very commit that ends its run", async () => {
    const chainId = await createChain();
    const lease = await claim(await queue());
    await lockChain(db(), { chainId, holder: lease.runId, mode: "shared", leaseMs: 60_000 });
    await finishRun(db(), lease, { state: "succeeded" });
    await lockChain(db(), { chainId, holder: "remover", mode: "exclusive", leaseMs: 60_000 });
    expect(await extendChainLock(db(), { chainId, holder: lease.runId, leaseMs: 60_000 })).toBe(false);
  });

  it("lets one of many removers in", async () => {
    const chainId = await createChain();
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => lockChain(db(), { chainId, holder: `remover-${index}`, mode: "exclusive", leaseMs: 60_000 })),
    );
    expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  });
});
