import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { verifyBackup } from "#lib/services/backups/verify";
import { createRestore } from "#lib/services/restores/start";
import { dieEverywhere, fewestDeaths } from "#lib/testing/die-everywhere";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import { backupKind, deleteKind, restoreKind } from "#lib/testing/kill-kinds";
import { testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
});
afterAll(() => ground.close());

it("is reconciled wherever a worker dies in a backup: adopted or removed, and the next one works", async () => {
  expect(
    await dieEverywhere(ground, backupKind(ground), ["storage.create.commit", "storage.create.commit done", "engine.snapshot.finish done"]),
  ).toBeGreaterThanOrEqual(fewestDeaths);
  const adopted = await ground.db
    .select()
    .from(runs)
    .where(sql`${runs.state} = 'failed' and ${runs.backupId} is not null`);
  const oneOfThem = adopted[0]?.backupId ?? (await ground.anyBackup());
  // An adopted backup is told in the audit by the system, and is as good as any.
  const told = await ground.test.catalogue.sql`
    select actor_type from lifeboat.audit_events where action = 'backup.adopted' and target_id = ${oneOfThem}`;
  expect(told).toEqual(adopted.length > 0 ? [{ actor_type: "system" }] : []);
  await ground.rehearse(async () => (await verifyBackup(ground.context, { ...none, params: { id: oneOfThem }, body: {} })).id);
});

it("is reconciled wherever a worker dies in a restore: a whole new database or none", async () => {
  expect(
    await dieEverywhere(ground, restoreKind(ground), ["engine.createDatabase done", "engine.load", "engine.digestCopy done"]),
  ).toBeGreaterThanOrEqual(fewestDeaths);
});

it("keeps the unfinished database of a killed restore that was asked to be kept, marked as such", async () => {
  await ground.workIn("mortals");
  const { serverId, context, db } = ground;
  const database = `kept_${process.pid}`;
  const body = restoreOrder({ backupId: await ground.anyBackup(), serverId, database, keepOnFailure: true, jobs: 1 });
  const lost = await ground.die("engine.load", async () => (await createRestore(context, { ...none, params: {}, body })).run.id);
  const [row] = await db.select().from(restores).where(eq(restores.runId, lost));
  expect(row).toMatchObject({ outcome: "kept-after-failure", createdDatabase: true });
  const [marked] =
    await server.admin()`select shobj_description(oid, 'pg_database') as comment from pg_database where datname = ${database}`;
  expect(marked?.["comment"]).toContain("unfinished restore");
  await server.admin().unsafe(`drop database "${database}"`);
});

it("is reconciled wherever a worker dies in a removal: the backup is there whole, or gone with its files", async () => {
  expect(await dieEverywhere(ground, deleteKind(ground), ["storage.remove done"])).toBeGreaterThanOrEqual(fewestDeaths);
});
