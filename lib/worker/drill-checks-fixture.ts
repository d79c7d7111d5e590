import { randomBytes, randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import type { CheckState } from "#lib/domain/drill-checks";
import { createPostgresCopyReader } from "#lib/engines/postgres/copy-reader";
import {
  addressOf,
  engineFixture,
  type EngineFixture,
  restoreRequest,
  snapshotRequest,
  writeSnapshot,
} from "#lib/engines/postgres/engine-fixture";
import { postgresDeps } from "#lib/engines/postgres/engine-deps";
import { toolSetsIn } from "#lib/engines/postgres/tools";
import type { LoadResult, SnapshotResult } from "#lib/engines/port";
import { createSqliteEngine } from "#lib/engines/sqlite/engine";
import type { BackupFacts } from "#lib/services/backups/facts";
import { type CheckRow, loadChecks, writeChecks } from "#lib/services/drills/checks/rows";
import { type CheckOrder, runChecks } from "#lib/services/drills/checks/run";
import type { DrillAccess, DrillHooks } from "#lib/services/drills/ports";
import { createReporter } from "#lib/services/runs/progress";
import { noProgress } from "#lib/services/runs/start";
import type { RunWork, WorkerDeps } from "#lib/services/runs/work";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue, type TestServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { createDrillHooks } from "./drill-hooks.ts";

/** A backup as a drill restored it: its stream in a file, and what was recorded of it. */
export type Backed = SnapshotResult & { readonly path: string; readonly snapshotAt: Date };

/** For integration tests: checks are run on databases as a drill's executor would, without the drill around them. */
export type CheckBench = {
  readonly fixture: EngineFixture;
  readonly backUp: (server: TestServer, database: string) => Promise<Backed>;
  readonly restore: (server: TestServer, backed: Backed, database: string) => Promise<LoadResult>;
  /** Runs the checks on a copy and returns their rows by key. */
  readonly check: (order: {
    access: DrillAccess;
    backed: Pick<Backed, "tables" | "manifest" | "snapshotAt" | "path"> & { sha256?: string; bytes?: number };
    checks: readonly CheckDefinition[];
    load?: Partial<LoadResult>;
    previousBytes?: number;
    isAlive?: boolean;
    hooks?: Partial<DrillHooks>;
    hooksFile?: string;
  }) => Promise<{
    readonly rows: ReadonlyMap<string, CheckRow>;
    readonly drillId: string;
    readonly again: (keys?: readonly string[]) => Promise<ReadonlyMap<string, CheckRow>>;
  }>;
  readonly test: TestCatalogue;
  readonly folder: string;
  readonly close: () => Promise<void>;
};

export async function createCheckBench(binDirs: readonly string[]): Promise<CheckBench> {
  const test = await createCatalogue();
  const { db } = test.catalogue;
  const fixture = await engineFixture(binDirs);
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-checks-"));
  const findTools = () => toolSetsIn(binDirs);
  const copies = createPostgresCopyReader(
    postgresDeps({ pgBinPath: [], findTools, lockWaitMs: 2_000, stallMs: 20_000, logger: quietLogger }),
  );
  const serverId = await insertServer(db);

  const backUp = async (server: TestServer, database: string): Promise<Backed> => {
    const snapshot = await fixture.engine.snapshot(snapshotRequest(addressOf(server), database), fixture.context);
    const path = join(folder, `${randomBytes(4).toString("hex")}.dump`);
    return { ...(await writeSnapshot(snapshot, path)), path, snapshotAt: snapshot.snapshotAt };
  };
  const restore = async (server: TestServer, backed: Backed, database: string): Promise<LoadResult> => {
    const request = restoreRequest(addressOf(server), database, { properties: backed.manifest.properties });
    await fixture.engine.createDatabase(request, fixture.context);
    return await fixture.engine.load(backed.path, request, () => undefined, fixture.context);
  };

  const check: CheckBench["check"] = async (order) => {
    const sourceId = await insertSource(db, serverId);
    const drillId = newId("drill");
    const row = {
      sourceId,
      planId: "plan",
      state: "validating" as const,
      trigger: "manual" as const,
      operatorName: "Test",
      wantedTarget: { type: "sandbox" as const },
      recoveryPointSeconds: 3_600,
      playbookVersion: 1,
      playbook: "",
      startedAt: new Date(),
    };
    if (order.previousBytes !== undefined) {
      await db
        .insert(drills)
        .values({ ...row, id: newId("drill"), state: "closed", verdict: "passed", copyBytes: order.previousBytes, startedAt: new Date(0) });
    }
    await db.insert(drills).values({ ...row, id: drillId });
    await db.transaction((tx) =>
      writeChecks(tx, drillId, order.checks, {
        engine: order.access.type === "file" ? "sqlite" : "postgres",
        target: order.access.type,
        confined: true,
        hasContent: true,
        hasProperties: true,
        sequences: order.backed.manifest.sequences.length,
        extensions: 1,
        hasMigrationHead: order.backed.manifest.migrationHead !== null,
        previousCopyBytes: order.previousBytes ?? null,
        recoveryTimeSeconds: null,
        recoveryPointSeconds: 3_600,
      }),
    );
    const again = async (keys: readonly string[] | null = null) => {
      const lease = { runId: newId("run"), workerId: "worker", fencingToken: 1 };
      await db.insert(runs).values({
        id: lease.runId,
        type: "drill-check",
        state: "running",
        subject: randomUUIDv7(),
        trigger: "drill",
        progress: noProgress,
        workerId: lease.workerId,
        fencingToken: lease.fencingToken,
        createdByType: "system",
        createdByName: "Lifeboat",
        queuedAt: new Date(),
      });
      const reporter = createReporter(db, lease, { progressMs: 60_000, logger: quietLogger });
      const address = order.access.type === "sandbox" ? order.access.owner.address : { host: "", port: 0 };
      const deps = {
        context: testContext(test.catalogue),
        engine: fixture.engine,
        files: createSqliteEngine({ roots: [], forbidden: [], lockWaitMs: 1_000 }),
        logger: quietLogger,
        drills: {
          copies,
          sandboxes: {
            isAlive: () => Promise.resolve(order.isAlive ?? true),
            relay: () => Promise.resolve({ host: address.host, port: address.port }),
          },
          hooks: { ...createDrillHooks({ file: order.hooksFile ?? null, logger: quietLogger }), ...order.hooks },
        },
      } as unknown as WorkerDeps;
      const { signal } = fixture.context;
      const work = {
        db,
        deps,
        run: { id: lease.runId, createdByName: "Test" },
        lease,
        signal,
        reporter,
        engineContext: fixture.context,
      } as unknown as RunWork;
      const { backed } = order;
      const facts = {
        backup: { manifest: backed.manifest, snapshotAt: backed.snapshotAt },
        stream: { sha256: backed.sha256 ?? "5".repeat(64), bytes: backed.bytes ?? 1 },
        source: { id: sourceId },
        tables: backed.tables,
      } as unknown as BackupFacts;
      const restored: CheckOrder["restored"] = {
        streamPath: backed.path,
        streamBytes: facts.stream.bytes,
        streamSha256: facts.stream.sha256,
        exitCode: order.load?.exitCode ?? 0,
        errors: [...(order.load?.errors ?? [])],
        errorCounts: null,
        rolesCreated: [],
        roleProblems: [],
      };
      await runChecks(work, { drillId, keys, access: order.access, facts, restored });
      await reporter.flush();
      return new Map((await loadChecks(db, drillId)).map((each) => [each.key, each]));
    };
    return { rows: await again(), drillId, again };
  };

  const close = async () => {
    await fixture.remove();
    await rm(folder, { recursive: true, force: true });
    await test.drop();
  };
  return { fixture, backUp, restore, check, test, folder, close };
}

export function keysIn(rows: ReadonlyMap<string, CheckRow>, state: CheckState): string[] {
  return [...rows.values()].filter((row) => row.state === state).map(({ key }) => key);
}
