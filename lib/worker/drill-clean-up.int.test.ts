import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { openAccess, sealAccess } from "#lib/services/drills/access";
import { createChainKit, type ChainKit } from "#lib/testing/chain-kit";
import { drillDatabases, drillHand, type DrillHand } from "#lib/testing/drill-kit";
import { testServer } from "#lib/testing/postgres";

describe("a drill whose copy cannot be looked for", () => {
  const server = testServer(15);
  let kit: ChainKit;
  let hand: DrillHand;
  const db = () => kit.test.catalogue.db;

  beforeAll(async () => {
    kit = await createChainKit(server);
    hand = drillHand(kit.context);
    await kit.database.sql`create table pets (id int primary key, name text)`;
  });
  afterAll(() => kit.close());

  it("is closed without a proof when its server is another one and then gone, says so, and what it left goes when the server is back", async () => {
    await kit.backUp("full");
    await hand.plan(kit.sourceId, { checks: [{ key: "content", name: "", mandatory: true, type: "content" }] });
    const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "server", serverId: kit.serverId } });
    await hand.until(id, "prepared");
    await hand.restore(id);
    await hand.untilChecked(id);
    const { keyring } = kit.context;
    const [known] = await db().select().from(drills).where(eq(drills.id, id));
    const access = openAccess(keyring, known!);
    if (access?.type !== "server") throw new Error("it is on a server");
    await db()
      .update(drills)
      .set({ sealedAccess: sealAccess(keyring, id, { ...access, oid: 1, clusterId: "another" }) })
      .where(eq(drills.id, id));
    await hand.close(id, "passed");
    await expect.poll(async () => (await hand.show(id)).problem?.params["detail"]).toMatch(/another server answers/);
    const [server0] = await db().select().from(servers).where(eq(servers.id, kit.serverId));
    await db().update(servers).set({ port: 1 }).where(eq(servers.id, kit.serverId));
    await db().update(drills).set({ sealedAccess: known!.sealedAccess }).where(eq(drills.id, id));
    const minutesAgo = () => new Date(Date.now() - 120_000);
    await expect
      .poll(async () => {
        // As if the minute between two clean-ups had passed.
        await db()
          .update(runs)
          .set({ finishedAt: minutesAgo() })
          .where(and(eq(runs.drillId, id), eq(runs.state, "failed")));
        return (await hand.show(id)).state;
      })
      .toBe("closed");
    const closed = await hand.show(id);
    expect(closed).toMatchObject({ verdict: "passed-with-findings", cleanUp: { databases: 1 } });
    expect(closed.cleanUp?.detail).toContain(`the database ${access.database} may be left on the server ${server0?.name ?? ""}`);
    expect(closed.findings[0]?.text).toContain(access.database);
    expect(await drillDatabases(server.admin(), kit.database.name)).toHaveLength(1);

    await db().update(servers).set({ port: server0!.port }).where(eq(servers.id, kit.serverId));
    await db()
      .update(drills)
      .set({ cleanUp: { ...closed.cleanUp!, at: new Date(0).toISOString() } })
      .where(eq(drills.id, id));
    await expect.poll(async () => (await hand.show(id)).cleanUp?.databases).toBe(0);
    expect(await drillDatabases(server.admin(), kit.database.name)).toEqual([]);
    expect((await db().select().from(drills).where(eq(drills.id, id)))[0]).toMatchObject({ hasTarget: false, sealedAccess: null });
  });
});
