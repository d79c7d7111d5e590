import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { validations } from "#lib/db/schema/validations";
import { users } from "#lib/db/schema/users";
import { handOverDrill } from "#lib/services/drills/hand-over";
import { createChainKit, type ChainKit } from "#lib/testing/chain-kit";
import { testActor } from "#lib/testing/context";
import { drillDatabases, drillHand, type DrillHand, verdictsOf } from "#lib/testing/drill-kit";
import { testServer } from "#lib/testing/postgres";

describe("a drill", () => {
  const server = testServer(15);
  let kit: ChainKit;
  let hand: DrillHand;
  let backupId: string;
  const db = () => kit.test.catalogue.db;

  beforeAll(async () => {
    kit = await createChainKit(server);
    hand = drillHand(kit.context);
    await kit.database.sql`create table pets (id int primary key, name text)`;
    await kit.database.sql`create table toys as select i as id, md5(i::text) as label from generate_series(1, 10000) i`;
    await kit.database.sql`insert into pets select i, md5(i::text) from generate_series(1, 500) i`;
    const { id, name, role } = kit.context.actor as { id: string; name: string; role: "admin" };
    const now = new Date();
    await db().insert(users).values({ id, name, role, email: "test@example.org", createdAt: now, updatedAt: now });
  });

  afterAll(() => kit.close());

  it("is led through prepare, restore, validate and close, and ends with a report and a proof", async () => {
    await kit.backUp("full");
    await kit.database.sql`insert into pets values (501, 'late')`;
    backupId = await kit.backUp("incremental");
    const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "server", serverId: kit.serverId } });
    const prepared = await hand.until(id, "prepared");
    expect(prepared.backup).toMatchObject({ id: backupId, kind: "incremental", tables: 2, rows: 10_501 });
    expect(prepared.backup?.chain.map(({ kind }) => kind)).toEqual(["full", "incremental"]);
    expect(prepared.target?.name).toMatch(/_drill_\d{8}_[0-9a-f]{6}$/);
    expect(prepared.preflight?.items.filter(({ state }) => state === "blocked")).toEqual([]);
    expect(prepared.clock.startedAt).toBe(null);

    await hand.restore(id);
    const checked = await hand.untilChecked(id);
    expect(verdictsOf(checked)).toMatchObject({ "stream-checksum": "passed", "tables-present": "passed", content: "passed" });
    expect(Object.values(verdictsOf(checked))).not.toContain("failed");
    expect(checked.bestVerdict).toBe("passed");
    expect(checked.clock.stoppedAt).not.toBe(null);
    expect(await drillDatabases(server.admin(), kit.database.name)).toHaveLength(1);

    await hand.close(id, "passed", { improvement: "write down who has the keys" });
    const closed = await hand.until(id, "closed");
    expect(closed).toMatchObject({ verdict: "passed", incidentId: null, problem: null });
    expect(closed.reportId).not.toBe(null);
    expect(closed.cleanUp).toMatchObject({ databases: 0, processes: 0, folders: 0, files: 0 });
    expect(closed.events.map(({ code }) => code)).toEqual([
      "started",
      "backup-chosen",
      "prepared",
      "restore-started",
      "restored",
      "checks-started",
      "checks-finished",
      "closing",
      "closed",
    ]);
    expect(await drillDatabases(server.admin(), kit.database.name)).toEqual([]);
    const proofs = await db().select().from(validations).where(eq(validations.level, "proven"));
    expect(proofs).toMatchObject([{ backupId, verdict: "passed" }]);
    const [plan] = await db().select().from(drillPlans);
    expect(plan?.nextDueAt.toISOString()).toBe(closed.nextDueAt);
  });
});
