import { eq, inArray, sql } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { isActive } from "#lib/domain/run-state";
import { createKeyring } from "#lib/secrets/keyring";
import { createBackup } from "#lib/services/backups/run-now";
import { applicationNameOf } from "#lib/services/runs/lease";
import type { Database } from "#lib/db/client";
import type { Worker } from "#lib/worker/worker";
import { testContext, type TestContext } from "./context.ts";
import { createKillableWorkers, type KillableWorker, type KillableWorkers } from "./killable-workers.ts";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "./postgres.ts";
import { addSource, createStation, loadRun, type Station, testBinPath, testTimings, untilEnded } from "./worker-setup.ts";

const key = "7c".repeat(32);
const group = "default";

/** Where a worker dies: before its n-th point, before the first point of a name, so long after its run was asked for, or never. */
export type Death = number | string | null | { readonly afterMs: number };

/** An installation whose workers are killed, with a sweeper that stands for whichever worker comes next. */
export type KillGround = {
  readonly db: Database;
  readonly test: TestCatalogue;
  readonly context: TestContext;
  readonly station: Station;
  readonly source: TestDatabase;
  readonly sourceId: string;
  readonly serverId: string;
  /** Asks for a backup; gives the run's id. */
  readonly backUp: () => Promise<string>;
  /** Some whole backup, made now when there is none. */
  readonly anyBackup: () => Promise<string>;
  /** Carries a run out undisturbed. Gives what its worker passed, and how long it took in milliseconds. */
  readonly rehearse: (start: () => Promise<string>) => Promise<{ points: string[]; ms: number }>;
  /** Starts a run, lets its worker die, and waits until the next worker has settled everything. Gives the run's id. */
  readonly die: (death: Death, start: () => Promise<string>) => Promise<string>;
  /** Whose workers do what is asked for: the mortal ones (`default`) or the sweeper, which never dies. */
  readonly workIn: (workers: "mortals" | "sweeper") => Promise<void>;
  /** What a kind made beside the ground is removed with it. */
  readonly onClose: (work: () => Promise<void>) => void;
  readonly close: () => Promise<void>;
};

export async function createKillGround(options: { sqliteDirs?: string[]; tickMs?: number; hooksFile?: string } = {}): Promise<KillGround> {
  const server = testServer(15);
  const test = await createCatalogue();
  const { db } = test.catalogue;
  const context = testContext(test.catalogue, { keyring: createKeyring(Buffer.from(key, "hex")) });
  const source = await createEmptyDatabase(server);
  // Some five segments: of two or three, a member kept none of its full's with one chain seed in a hundred, and needed nothing.
  await source.sql`create table pets as select i as id, md5(i::text) as name from generate_series(1, 9000) i`;
  await source.sql`create table toys as select i as id from generate_series(1, 10) i`;
  const { sourceId, serverId } = await addSource(context, server, source.name);
  const station = await createStation({ catalogue: test.catalogue, url: test.url, context, ...options });
  const sweeper: Worker = await station.startWorker({ group: "sweeper", timings: { sweepMs: 100 } });
  const mortals: KillableWorkers = createKillableWorkers({
    databaseUrl: test.url,
    key,
    installationId: station.installationId,
    backupDir: station.backupDir,
    tempDir: station.tempDir,
    pgBinPath: testBinPath(),
    sqliteDirs: options.sqliteDirs ?? [],
    ...(options.tickMs === undefined ? {} : { tickMs: options.tickMs }),
    ...(options.hooksFile === undefined ? {} : { hooksFile: options.hooksFile }),
    // Its own sweep stays out of the way; the lease is ended by the test, as if time had passed.
    timings: { ...testTimings, leaseMs: 60_000, heartbeatMs: 50, sweepMs: 3_600_000 },
  });

  const closing: (() => Promise<void>)[] = [];
  const backUp = async () =>
    (await createBackup(context, { query: {}, ifMatch: null, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } })).id;

  /** Lets the leases of everybody end, as if time had passed. */
  const endLeases = async () => {
    const over = { leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` };
    await db.update(runs).set(over).where(eq(runs.state, "running"));
    await db.update(chainLocks).set(over);
  };

  /** Everything that is left, in storage, catalogue and servers. Files and rows must say the same. */
  const leftovers = async (runId: string) => {
    const stored = (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst") || name.includes("~"));
    const known = (await db.select().from(packs)).flatMap((pack) => [pack.key, `${pack.key}.json`]);
    const open = await db.select().from(backups);
    const sessions = await server.admin()`
      select 1 from pg_stat_activity where application_name like ${`${applicationNameOf(runId)}%`}`;
    const kept = await db.select().from(chains);
    return {
      orphans: stored.filter((name) => !known.includes(name)),
      missing: known.filter((name) => !stored.includes(name)),
      // What is in the trash is whole, and waits there for whoever asked.
      unsettled: open.filter(({ state }) => state !== "available" && state !== "trashed").map(({ state }) => state),
      copies: (await db.select().from(copies)).filter((copy) => copy.state !== "stored").map((copy) => copy.state),
      emptyChains: kept.filter((chain) => !open.some((backup) => backup.chainId === chain.id)).length,
      locks: (await db.select().from(chainLocks)).length,
      pending: (await db.select().from(restores)).filter((restore) => restore.outcome === "pending").length,
      folders: await readdir(station.tempDir),
      sessions: sessions.length,
    };
  };
  /** Only what is not as it should be: a failure then names it, where the whole would be cut short. */
  const unsettled = async (runId: string) => {
    const found = await leftovers(runId);
    return Object.fromEntries(
      Object.entries(found).filter(([part, left]) => !isDeepStrictEqual(left, nothing[part as keyof typeof found])),
    );
  };
  const untilSettled = async (runId: string) => {
    await expect.poll(() => unsettled(runId), { interval: 50 }).toEqual({});
  };

  const untilGone = async (worker: KillableWorker, death: Death, runId: string) => {
    const over = Promise.race([worker.gone, untilEnded(db, runId)]);
    if (typeof death === "object" && death !== null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, death.afterMs);
      await Promise.race([over, promise]);
      clearTimeout(timer);
    } else await over;
    await worker.kill();
    over.catch(() => undefined);
  };

  const ground: KillGround = {
    db,
    test,
    context,
    station,
    source,
    sourceId,
    serverId,
    backUp,
    anyBackup: async () => {
      const [known] = await db.select().from(backups).where(eq(backups.state, "available")).limit(1);
      if (known !== undefined) return known.id;
      const worker = await mortals.arm(null);
      const run = await untilEnded(db, await backUp());
      await worker.kill();
      return run.backupId ?? "";
    },
    rehearse: async (start) => {
      const worker = await mortals.arm(null);
      try {
        const id = await start();
        const startedMs = performance.now();
        const run = await untilEnded(db, id);
        const ms = performance.now() - startedMs;
        expect(run).toMatchObject({ state: "succeeded", error: null });
        await untilSettled(run.id);
        return { points: await worker.points(), ms };
      } finally {
        // Left alive it would carry out what the tests after a failed one leave to theirs.
        await worker.kill();
      }
    },
    die: async (death, start) => {
      const worker = await mortals.arm(typeof death === "object" ? null : death);
      const id = await start();
      await untilGone(worker, death, id);
      // Again and again: a last heartbeat may still be on its way in the server, and would give the dead worker another minute.
      const isLeft = async () => {
        await endLeases();
        const { state, afterRunId } = await loadRun(db, id);
        // Nobody had taken it yet, or not even the run that it waits for: the next worker carries it out.
        const waiting = inArray(runs.id, [id, afterRunId ?? id]);
        if (state === "queued") await db.update(runs).set({ workerGroup: "sweeper" }).where(waiting);
        return isActive(state);
      };
      await expect.poll(isLeft, { interval: 50 }).toBe(false);
      await untilSettled(id);
      return id;
    },
    workIn: async (workers) => {
      await db.update(servers).set({ workerGroup: workers === "mortals" ? group : "sweeper" });
    },
    onClose: (work) => void closing.push(work),
    close: async () => {
      await mortals.close();
      await sweeper.stop();
      for (const work of closing) await work();
      await source.drop();
      await test.drop();
      await station.remove();
    },
  };
  return ground;
}

const nothing = {
  orphans: [],
  missing: [],
  unsettled: [],
  copies: [],
  emptyChains: 0,
  locks: 0,
  pending: 0,
  folders: [],
  sessions: 0,
};
