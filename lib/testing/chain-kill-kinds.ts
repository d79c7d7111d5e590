import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { expect } from "vitest";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import type { BackupKind } from "#lib/domain/backup-state";
import { createBackup } from "#lib/services/backups/run-now";
import { deleteBackup } from "#lib/services/backups/remove";
import { synthesizeBackup } from "#lib/services/backups/synthesize";
import type { KillGround } from "./kill-ground.ts";
import type { KillKind } from "./kill-kinds.ts";
import { loadRun, untilEnded } from "./worker-setup.ts";

const none = { query: {}, ifMatch: null } as const;

/** Kinds of run that make or remove members of chains. All leave at least one whole chain behind. */
export function chainKillKinds(ground: KillGround): KillKind[] {
  return [memberKind(ground, "differential"), memberKind(ground, "incremental"), synthesizeKind(ground), cascadeKind(ground)];
}

async function ask({ context, sourceId }: KillGround, kind: BackupKind): Promise<string> {
  return (await createBackup(context, { ...none, params: {}, body: { sourceId, kind, reason: "", note: "" } })).id;
}

/** Rows that were not there before: a member has something to store. */
async function change({ source }: KillGround): Promise<void> {
  await source.sql`insert into pets select max(id) + 1, md5(random()::text) from pets`;
  await source.sql`update pets set name = md5(random()::text) where id between 8900 and 9000 and id % 20 = 0`;
}

/** The run made one backup or none; what it made has everything that it needs. */
async function judgeMade({ db }: KillGround, runId: string, before: number): Promise<void> {
  const run = await loadRun(db, runId);
  expect((await db.select().from(backups)).length - before).toBe(run.backupId === null ? 0 : 1);
  expect(run.error?.code).toBe(run.state === "succeeded" ? undefined : "worker-lost");
  const needed = await db.select().from(backupDependencies);
  const known = new Set((await db.select({ id: backups.id }).from(backups).where(eq(backups.state, "available"))).map((row) => row.id));
  expect(needed.filter((row) => !known.has(row.needsId) || !known.has(row.backupId))).toEqual([]);
}

/** A whole member of the chain, or nothing. */
export function memberKind(ground: KillGround, kind: "differential" | "incremental"): KillKind {
  const { db } = ground;
  let before = 0;
  return {
    name: kind,
    workers: "mortals",
    prepare: async () => void (await ground.anyBackup()),
    start: async () => {
      await change(ground);
      before = (await db.select().from(backups)).length;
      return ask(ground, kind);
    },
    judge: async (runId) => {
      await judgeMade(ground, runId, before);
      const { backupId } = await loadRun(db, runId);
      if (backupId === null) return;
      const [made] = await db.select().from(backups).where(eq(backups.id, backupId));
      expect({ kind: made?.kind, why: made?.kindReason }).toEqual({ kind, why: null });
    },
  };
}

/** A whole full of a chain of its own, or nothing. */
export function synthesizeKind(ground: KillGround): KillKind {
  const { db, context } = ground;
  let before = 0;
  return {
    name: "synthesize",
    workers: "mortals",
    prepare: async () => void (await ground.anyBackup()),
    start: async () => {
      const members = and(eq(backups.state, "available"), inArray(backups.kind, ["differential", "incremental"]));
      const [member] = await db.select().from(backups).where(members).orderBy(desc(backups.snapshotAt)).limit(1);
      before = (await db.select().from(backups)).length;
      return (await synthesizeBackup(context, { ...none, params: { id: member?.id ?? (await ground.anyBackup()) }, body: {} })).id;
    },
    judge: (runId) => judgeMade(ground, runId, before),
  };
}

/** A full that a member needs, removed with it: newest first, so that whatever is left is whole. */
export function cascadeKind(ground: KillGround): KillKind {
  const { db, context, sourceId } = ground;
  let doomed: string[] = [];
  return {
    name: "delete a chain",
    workers: "sweeper",
    start: async () => {
      doomed = [];
      for (const kind of ["full", "incremental", "incremental"] as const) {
        await change(ground);
        doomed.push((await untilEnded(db, await ask(ground, kind))).backupId ?? "");
      }
      const [full] = await db.select().from(backups).where(eq(backups.id, doomed[0]!));
      const order = {
        params: { id: doomed[0]! },
        query: { dependents: "delete" as const, when: "now" as const },
        body: {},
        ifMatch: full?.version ?? 0,
      };
      return (await deleteBackup(context, order)).id;
    },
    judge: async (runId) => {
      const left = await db.select().from(backups).where(eq(backups.sourceId, sourceId)).orderBy(asc(backups.snapshotAt));
      const names = new Set(left.map((backup) => backup.id));
      const kept = doomed.map((id) => names.has(id));
      // Never a member without what it needs.
      expect(kept).toEqual(kept.map((_, at) => at < kept.filter(Boolean).length));
      if ((await loadRun(db, runId)).state === "succeeded") expect(kept).toEqual([false, false, false]);
    },
  };
}
