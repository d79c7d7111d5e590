import { expect } from "vitest";
import type { BackupKind } from "#lib/domain/backup-state";
import { createBackup } from "#lib/services/backups/run-now";
import { createRestore } from "#lib/services/restores/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import type { Worker } from "#lib/worker/worker";
import { testContext, type TestContext } from "./context.ts";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, type TestServer } from "./postgres.ts";
import { restoreOrder } from "./restore-order.ts";
import { addSource, createStation, type Station, untilEnded } from "./worker-setup.ts";

const none = { query: {}, ifMatch: null } as const;

/** An installation with one source whose chain a test makes, member by member, with one worker. */
export type ChainKit = {
  readonly test: TestCatalogue;
  readonly context: TestContext;
  readonly station: Station;
  readonly database: TestDatabase;
  readonly sourceId: string;
  readonly serverId: string;
  /** Makes a backup, waits for its end, and gives its id. */
  readonly backUp: (kind: BackupKind) => Promise<string>;
  /** Restores a backup into a new database, compared by Lifeboat itself; gives the database's name, dropped at the end. */
  readonly restore: (backupId: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

export async function createChainKit(server: TestServer, change?: (deps: WorkerDeps) => WorkerDeps): Promise<ChainKit> {
  const test = await createCatalogue();
  const context = testContext(test.catalogue);
  const { db } = test.catalogue;
  const database = await createEmptyDatabase(server);
  const { sourceId, serverId } = await addSource(context, server, database.name);
  const station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  const worker: Worker = await station.startWorker(change === undefined ? {} : { change });
  const restored: string[] = [];
  return {
    test,
    context,
    station,
    database,
    sourceId,
    serverId,
    backUp: async (kind) => {
      const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind, reason: "", note: "" } });
      const run = await untilEnded(db, id);
      expect(run).toMatchObject({ state: "succeeded", error: null });
      return run.backupId ?? "";
    },
    restore: async (backupId) => {
      const name = `${database.name}_${restored.length}`;
      restored.push(name);
      const body = restoreOrder({ backupId, serverId, database: name, jobs: 2 });
      const { run } = await createRestore(context, { ...none, params: {}, body });
      expect(await untilEnded(db, run.id)).toMatchObject({ state: "succeeded", error: null, warnings: [] });
      return name;
    },
    close: async () => {
      await worker.stop();
      for (const name of restored) await server.admin().unsafe(`drop database if exists "${name}" with (force)`);
      await database.drop();
      await test.drop();
      await station.remove();
    },
  };
}
