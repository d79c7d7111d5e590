import { mkdtemp, open, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { createGate as createContract, type GateDto, reportGateCheck as reportContract } from "#lib/contracts/gates";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { gates } from "#lib/db/schema/gates";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import type { GateState } from "#lib/domain/gate-state";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import type { ServiceContext } from "#lib/services/context";
import { cancelGate } from "#lib/services/gates/cancel";
import { getGate } from "#lib/services/gates/get";
import { listGates } from "#lib/services/gates/list";
import { reportGateCheck } from "#lib/services/gates/report-check";
import { createGate } from "#lib/services/gates/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createEmptyDatabase, testServer, type TestCatalogue, type TestDatabase } from "#lib/testing/postgres";
import { removeFolder } from "#lib/testing/temporary-folder";
import { addSource, createStation, loadRun, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;

type Order = z.input<typeof createContract.body>;
type Report = z.input<typeof reportContract.body>;

/** A gate's verbs, as a pipeline calls them. */
function pipeline(context: ServiceContext) {
  const show = (id: string) => getGate(context, { ...none, params: { id }, body: {} });
  return {
    show,
    ask: (body: Order) => createGate(context, { ...none, params: {}, body: createContract.body.parse(body) }),
    report: (id: string, body: Report) => reportGateCheck(context, { ...none, params: { id }, body: reportContract.body.parse(body) }),
    cancel: (id: string) => cancelGate(context, { ...none, params: { id }, body: {} }),
    until: async (id: string, state: GateState): Promise<GateDto> => {
      const look = async () => {
        const gate = await show(id);
        return gate.error === null || gate.state === state ? gate.state : `${gate.state}: ${gate.error.message}`;
      };
      await expect.poll(look, { interval: 50 }).toBe(state);
      return show(id);
    },
  };
}

describe("a gate before a deployment", () => {
  let test: TestCatalogue;
  let context: TestContext;
  let station: Station;
  let worker: Worker;
  let shop: TestDatabase;
  let folder: string;
  let sourceId: string;
  let missingId: string;
  let hand: ReturnType<typeof pipeline>;
  /** What happens to the packs on disk right before the next verification reads them. */
  let beforeVerify: () => Promise<void> = () => Promise.resolve();
  const db = () => test.catalogue.db;

  const change = (deps: WorkerDeps): WorkerDeps => {
    const { repository } = deps;
    const verify: typeof repository.verify = async (...args) => {
      await beforeVerify();
      return repository.verify(...args);
    };
    return { ...deps, repository: { ...repository, verify } };
  };

  beforeAll(async () => {
    test = await createCatalogue();
    context = testContext(test.catalogue);
    hand = pipeline(context);
    folder = await mkdtemp(join(tmpdir(), "lifeboat-gates-"));
    const server = testServer(15);
    shop = await createEmptyDatabase(server);
    await shop.sql`create table customers as select n as id from generate_series(1, 100) as n`;
    ({ sourceId } = await addSource(context, server, shop.name));
    ({ sourceId: missingId } = await addSource(context, server, `${shop.name}_gone`));
    station = await createStation({ catalogue: test.catalogue, url: test.url, context });
    const say = 'echo "$LIFEBOAT_GATE_ID $LIFEBOAT_COMMIT $LIFEBOAT_BACKUP_ID url=$DATABASE_URL"';
    const shell = (script: string) => ({ command: ["sh", "-c", script], directory: folder });
    const commands = { smoke: shell(say), broken: shell("echo the new release does not start >&2; exit 3") };
    await writeFile(join(folder, "hooks.json"), JSON.stringify({ commands }), { mode: 0o600 });
    worker = await station.startWorker({ tickMs: 100, hooksFile: join(folder, "hooks.json"), change });
  });

  afterAll(async () => {
    await worker.stop();
    await shop.drop();
    await test.drop();
    await station.remove();
    await removeFolder(folder);
  });

  it("backs up, verifies what it made, and says that it may go on", async () => {
    const asked = await hand.ask({ sourceId, commit: "4f2a91c", operator: "Rosa" });
    expect(asked).toMatchObject({ state: "backing-up", mayDeploy: false, commit: "4f2a91c", operator: "Rosa", kind: "full" });
    const gate = await hand.until(asked.id, "passed");
    expect(gate).toMatchObject({ mayDeploy: true, error: null, exitCode: null });
    const made = await loadRun(db(), gate.backupRunId ?? "");
    expect(made).toMatchObject({ trigger: "pre-deploy", reason: "pre-deploy", gateId: gate.id, backupId: gate.backupId });
    expect(await loadRun(db(), gate.verifyRunId ?? "")).toMatchObject({ state: "succeeded", backupId: gate.backupId, gateId: gate.id });
    const [passed] = await db().select().from(auditEvents).where(eq(auditEvents.action, "gate.passed"));
    expect(passed).toMatchObject({ targetId: gate.id, actorId: context.actor.id, after: { commit: "4f2a91c", operator: "Rosa" } });
  });

  it("with a failing backup says: do not deploy", async () => {
    const gate = await hand.until((await hand.ask({ sourceId: missingId, commit: "c1" })).id, "failed");
    expect(gate).toMatchObject({ mayDeploy: false, backupId: null, verifyRunId: null });
    expect(gate.error).toMatchObject({ code: "gate-backup-failed", params: { code: "database-missing" } });
    expect(gate.error?.message).toMatch(/^the backup before the deployment failed/);
  });

  it("with a failing verification says: do not deploy, and runs no check", async () => {
    beforeVerify = () => flipByte(station.backupDir);
    const asked = await hand.ask({ sourceId, commit: "c2", check: { by: "worker", command: "smoke" } });
    const gate = await hand.until(asked.id, "failed");
    beforeVerify = () => Promise.resolve();
    expect(gate.error).toMatchObject({ code: "gate-verify-failed", params: { code: "pack-damaged" } });
    expect(gate).toMatchObject({ mayDeploy: false, checkRunId: null, exitCode: null });
  });

  describe("with a command of the worker's host", () => {
    it("passes when it ends with 0; the command knows gate, commit and backup, and no database", async () => {
      const asked = await hand.ask({ sourceId, commit: "c3", check: { by: "worker", command: "smoke" } });
      const gate = await hand.until(asked.id, "passed");
      expect(gate).toMatchObject({ exitCode: 0, checker: "worker", command: "smoke", mayDeploy: true });
      expect(gate.output).toBe(`${gate.id} c3 ${gate.backupId} url=\n`);
    });

    it("fails with its exit code, and keeps what it said", async () => {
      const asked = await hand.ask({ sourceId, commit: "c4", operator: "Ana", check: { by: "worker", command: "broken" } });
      const gate = await hand.until(asked.id, "failed");
      expect(gate).toMatchObject({ exitCode: 3, mayDeploy: false, output: "the new release does not start\n" });
      expect(gate.error).toMatchObject({ code: "gate-check-failed", params: { exitCode: 3 } });
      expect(await loadRun(db(), gate.checkRunId ?? "")).toMatchObject({ type: "gate-check", state: "failed", gateId: gate.id });
      const told = await db().select().from(auditEvents).where(eq(auditEvents.targetId, gate.id)).orderBy(auditEvents.at);
      expect(told.map(({ action }) => action)).toEqual(["gate.start", "gate.check", "gate.failed"]);
      expect(told[2]?.after).toMatchObject({ commit: "c4", operator: "Ana", exitCode: 3, error: "gate-check-failed" });
    });

    it("fails when nobody declared it", async () => {
      const asked = await hand.ask({ sourceId, check: { by: "worker", command: "rm -rf /" } });
      expect((await hand.until(asked.id, "failed")).error).toMatchObject({ code: "hook-unknown" });
    });
  });

  describe("with a check of the caller", () => {
    const checking = async () => hand.until((await hand.ask({ sourceId, check: { by: "client", program: "npm" } })).id, "checking");

    it("waits for its report, and only the first one counts", async () => {
      const { id } = await checking();
      const failed = await hand.report(id, { exitCode: 7, durationMs: 1200, output: "1 test failed" });
      expect(failed).toMatchObject({ state: "failed", mayDeploy: false, exitCode: 7, error: { code: "gate-check-failed" } });
      expect(await hand.report(id, { exitCode: 0, durationMs: 1 })).toEqual(failed);
      const good = await checking();
      expect(await hand.report(good.id, { exitCode: 0, durationMs: 1 })).toMatchObject({ state: "passed", mayDeploy: true });
    });

    it("keeps its backup until it has ended, also from a removal for good", async () => {
      const { id, backupId } = await checking();
      const remove = (when: "now" | "trash") =>
        deleteBackup(context, { params: { id: backupId ?? "" }, query: { dependents: "refuse", when }, body: {}, ifMatch: 1 });
      for (const when of ["now", "trash"] as const) {
        await expect(remove(when)).rejects.toMatchObject({ code: "chain-locked", params: { by: id } });
      }
      expect(await hand.report(id, { exitCode: 0, durationMs: 1 })).toMatchObject({ state: "passed", mayDeploy: true });
      expect(await untilEnded(db(), (await remove("now")).id)).toMatchObject({ state: "succeeded", error: null });
    });

    it("does not pass when its backup is not there any more, however that came", async () => {
      const { id, backupId } = await checking();
      await db()
        .update(backups)
        .set({ state: "deleting" })
        .where(eq(backups.id, backupId ?? ""));
      const failed = await hand.report(id, { exitCode: 0, durationMs: 1 });
      expect(failed).toMatchObject({ state: "failed", mayDeploy: false, error: { code: "gate-backup-failed" } });
    });

    it("takes no report before the backup is verified, nor for a gate that checks nothing", async () => {
      const early = await hand.ask({ sourceId, check: { by: "client", program: "npm" } });
      await expect(hand.report(early.id, { exitCode: 0, durationMs: 1 })).rejects.toMatchObject({ code: "gate-state" });
      await hand.cancel(early.id);
      const unchecked = await hand.ask({ sourceId });
      await expect(hand.report(unchecked.id, { exitCode: 0, durationMs: 1 })).rejects.toMatchObject({ code: "gate-state" });
      await hand.until(unchecked.id, "passed");
    });

    it("past its deadline has failed, whoever looks first", async () => {
      const now = Date.now();
      const over = { startedAt: new Date(now - 120 * 60_000), deadlineAt: new Date(now) };
      const { id } = await checking();
      await db().update(gates).set(over).where(eq(gates.id, id));
      expect((await hand.until(id, "failed")).error).toMatchObject({ code: "gate-timeout", params: { minutes: 120 } });
      await expect(hand.report(id, { exitCode: 0, durationMs: 1 })).rejects.toMatchObject({ code: "gate-state" });
    });
  });

  it("that is given up fails, cancels its own runs, and stays so", async () => {
    const { id } = await hand.ask({ sourceId });
    const gate = await hand.cancel(id);
    expect(gate).toMatchObject({ state: "failed", error: { code: "gate-cancelled", params: { by: context.actor.name } } });
    await expect(hand.cancel(id)).rejects.toMatchObject({ code: "gate-state", params: { state: "failed" } });
    const ended = await untilEnded(db(), gate.backupRunId ?? "");
    // It may have been done a moment before.
    expect(["cancelled", "succeeded"]).toContain(ended.state);
    expect((await hand.show(id)).state).toBe("failed");
  });

  it("is verified by the workers that made its backup, where the server has workers of its own", async () => {
    const paris = await station.startWorker({ group: "paris", tickMs: 100 });
    const serverOf = db().select({ id: sources.serverId }).from(sources).where(eq(sources.id, sourceId));
    const moveTo = (workerGroup: string) => db().update(servers).set({ workerGroup }).where(inArray(servers.id, serverOf));
    await moveTo("paris");
    try {
      const gate = await hand.until((await hand.ask({ sourceId })).id, "passed");
      for (const id of [gate.backupRunId, gate.verifyRunId]) expect(await loadRun(db(), id ?? "")).toMatchObject({ workerGroup: "paris" });
    } finally {
      await moveTo("default");
      await paris.stop();
    }
  });

  it("makes a backup of its own, after one that began before it", async () => {
    await worker.stop();
    const before = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
    const gates = await Promise.all([hand.ask({ sourceId, commit: "one" }), hand.ask({ sourceId, commit: "two" })]);
    expect(gates.map(({ backupRunId }) => backupRunId)).toEqual([null, null]);
    const active = () =>
      db()
        .select()
        .from(runs)
        .where(and(eq(runs.subject, sourceId), inArray(runs.state, ["queued", "running"])));
    expect((await active()).map(({ id }) => id)).toEqual([before.id]);
    worker = await station.startWorker({ tickMs: 100, hooksFile: join(folder, "hooks.json"), change });
    const [one, two] = await Promise.all(gates.map(({ id }) => hand.until(id, "passed")));
    expect(new Set([before.id, one?.backupRunId, two?.backupRunId]).size).toBe(3);
    expect(new Set([one?.backupId, two?.backupId]).size).toBe(2);
  });

  it("is not opened for a paused source, nor by who may only look; the list tells all of a source", async () => {
    const viewer = { ...context, actor: { ...context.actor, role: "viewer" as const } };
    await expect(pipeline(viewer).ask({ sourceId })).rejects.toMatchObject({ code: "not-allowed" });
    await db().update(sources).set({ pausedAt: new Date() }).where(eq(sources.id, missingId));
    await expect(hand.ask({ sourceId: missingId })).rejects.toMatchObject({ code: "source-paused" });
    const failed = await listGates(viewer, { ...none, params: {}, body: {}, query: { source: missingId, state: "failed", limit: 10 } });
    expect(failed.items.map(({ commit }) => commit)).toEqual(["c1"]);
    expect(failed.total).toBe(1);
  });
});

/** Flips one bit in the middle of the newest pack. */
async function flipByte(backupDir: string): Promise<void> {
  const packs = (await readdir(backupDir, { recursive: true })).filter((name) => name.endsWith(".zst")).toSorted();
  const file = await open(join(backupDir, packs.at(-1) ?? ""), "r+");
  try {
    const at = 20;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  } finally {
    await file.close();
  }
}
