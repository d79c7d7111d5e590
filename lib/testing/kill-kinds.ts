import { eq } from "drizzle-orm";
import { expect } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { restores } from "#lib/db/schema/restores";
import { deleteBackup } from "#lib/services/backups/remove";
import { verifyBackup } from "#lib/services/backups/verify";
import { createRestore } from "#lib/services/restores/start";
import type { KillGround } from "./kill-ground.ts";
import { testServer } from "./postgres.ts";
import { replaceKind } from "./replace-kinds.ts";
import { restoreOrder } from "./restore-order.ts";
import { loadRun, untilEnded } from "./worker-setup.ts";

const none = { query: {}, ifMatch: null } as const;

/** A kind of run that workers are killed in. Whoever adds one adds it to `killKinds`, and both campaigns know it. */
export type KillKind = {
  readonly name: string;
  /** Whose workers do what `start` needs beforehand. */
  readonly workers: "mortals" | "sweeper";
  /** What takes long, once and before a worker is told where to die: the one after it is born meanwhile, and would take the run. */
  readonly prepare?: () => Promise<void>;
  /** Asks for the run, after whatever it needs; gives its id. */
  readonly start: () => Promise<string>;
  /**
   * What must hold once everything is settled, besides what holds always (see `KillGround.die`); undoes what would stand in the way of
   * the next. `passed`: what the worker passed before it died, where that is known.
   */
  readonly judge: (runId: string, passed: readonly string[] | null) => Promise<void>;
};

/** Every kind of run that changes something, on one ground. */
export function killKinds(ground: KillGround): KillKind[] {
  return [backupKind(ground), verifyKind(ground), restoreKind(ground), deleteKind(ground), replaceKind(ground)];
}

/** A run that made a backup names it, whoever finished the work; one that failed otherwise left none. */
export function backupKind({ db, backUp }: KillGround): KillKind {
  let before = 0;
  return {
    name: "backup",
    workers: "mortals",
    start: async () => {
      before = (await db.select().from(backups)).length;
      return backUp();
    },
    judge: async (runId) => {
      const run = await loadRun(db, runId);
      expect((await db.select().from(backups)).length - before).toBe(run.backupId === null ? 0 : 1);
      expect(run.error?.code).toBe(run.state === "succeeded" ? undefined : "worker-lost");
    },
  };
}

/** Nothing is lost by a verification, and nothing is called verified that was not. */
export function verifyKind({ db, anyBackup, context }: KillGround): KillKind {
  let backupId = "";
  return {
    name: "verify",
    workers: "mortals",
    start: async () => {
      backupId = await anyBackup();
      await db.update(copies).set({ verifiedAt: null }).where(eq(copies.backupId, backupId));
      return (await verifyBackup(context, { ...none, params: { id: backupId }, body: {} })).id;
    },
    judge: async (runId) => {
      const run = await loadRun(db, runId);
      const [copy] = await db.select().from(copies).where(eq(copies.backupId, backupId));
      expect({ state: copy?.state, verified: copy?.verifiedAt !== null }).toEqual({ state: "stored", verified: run.state === "succeeded" });
      expect(run.error?.code).toBe(run.state === "succeeded" ? undefined : "worker-lost");
    },
  };
}

const prefix = `killed_${process.pid}_`;

/** A whole new database, or none. */
export function restoreKind({ db, anyBackup, context, serverId }: KillGround): KillKind {
  const server = testServer(15);
  let database = "";
  return {
    name: "restore",
    workers: "mortals",
    start: async () => {
      const backupId = await anyBackup();
      database = `${prefix}${context.newUuid().slice(-12)}`;
      const body = restoreOrder({ backupId, serverId, database, jobs: 1 });
      return (await createRestore(context, { ...none, params: {}, body })).run.id;
    },
    judge: async (runId) => {
      const whole = (await loadRun(db, runId)).state === "succeeded";
      const [row] = await db.select().from(restores).where(eq(restores.runId, runId));
      const left = await server.admin()<{ datname: string }[]>`select datname from pg_database where starts_with(datname, ${prefix})`;
      expect({ outcome: row?.outcome, left: left.map(({ datname }) => datname) }).toEqual({
        outcome: whole ? "created" : "removed",
        left: whole ? [database] : [],
      });
      await server.admin().unsafe(`drop database if exists "${database}"`);
    },
  };
}

/** The backup is there whole, or gone with its files and told in the audit. */
export function deleteKind({ db, test, context, backUp }: KillGround): KillKind {
  let backupId = "";
  return {
    name: "delete",
    workers: "sweeper",
    start: async () => {
      backupId = (await untilEnded(db, await backUp())).backupId ?? "";
      const [backup] = await db.select().from(backups).where(eq(backups.id, backupId));
      return (
        await deleteBackup(context, {
          params: { id: backupId },
          query: { dependents: "refuse", when: "now" },
          body: {},
          ifMatch: backup?.version ?? 0,
        })
      ).id;
    },
    judge: async (_runId, passed) => {
      const [left] = await db.select().from(backups).where(eq(backups.id, backupId));
      // Once its files were touched there is no way back.
      if (passed?.includes("storage.remove") === true) expect(left).toBeUndefined();
      const told = await test.catalogue.sql`
        select 1 from lifeboat.audit_events where action = 'backup.deleted' and target_id = ${backupId}`;
      expect(told).toHaveLength(left === undefined ? 1 : 0);
    },
  };
}
