import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { createRestore } from "#lib/services/restores/start";
import { campaignRandom } from "#lib/testing/campaign-random";
import { chainKillKinds } from "#lib/testing/chain-kill-kinds";
import { dieAtRandom } from "#lib/testing/die-at-random";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import { testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const deaths = 20;
let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
});
afterAll(() => ground.close());

it("keeps every earlier member whole through twenty deaths in differentials, incrementals, synthetic fulls and removals of chains", async () => {
  const { died, tallies } = await dieAtRandom(ground, chainKillKinds(ground), {
    deaths,
    budgetMs: Number.POSITIVE_INFINITY,
    random: campaignRandom("chain kills"),
  });
  process.stdout.write(`chain kills: ${JSON.stringify(tallies)}\n`);
  expect(died).toBe(deaths);
  expect(Object.values(tallies).some((tally) => tally.failed > 0)).toBe(true);
  const { db, context, serverId } = ground;
  await ground.workIn("sweeper");
  const left = await db.select().from(backups).where(eq(backups.state, "available")).orderBy(asc(backups.snapshotAt));
  expect(left.some((backup) => backup.kind === "incremental")).toBe(true);
  const server = testServer(15);
  for (const { id: backupId } of left) {
    const database = `${ground.source.name}_kept`;
    const body = restoreOrder({ backupId, serverId, database, jobs: 1 });
    const { run } = await createRestore(context, { ...none, params: {}, body });
    const ended = await untilEnded(db, run.id);
    await server.admin().unsafe(`drop database if exists "${database}" with (force)`);
    // Every hash was checked before, and every table compared after.
    expect(ended).toMatchObject({ state: "succeeded", error: null });
  }
}, 1_200_000);
