import { and, eq, isNull } from "drizzle-orm";
import { expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { createBackup } from "#lib/services/backups/run-now";
import { getSourceStatus } from "#lib/services/status/get";
import { updateFingerprintSettings } from "#lib/services/fingerprints/update-settings";
import { testContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, describeOn } from "#lib/testing/postgres";
import { addSource, createStation, untilEnded } from "#lib/testing/worker-setup";

const dayMs = 86_400_000;

describeOn(15, (server) => {
  it("a worker takes the fingerprint of a real backup, and tells of a table that lost its rows and of one that is gone", async () => {
    const test = await createCatalogue();
    const context = testContext(test.catalogue);
    const { db } = test.catalogue;
    const shop = await createShopDatabase(server);
    const { sourceId } = await addSource(context, server, shop.name);
    const station = await createStation({ catalogue: test.catalogue, url: test.url, context });
    const worker = await station.startWorker({ tickMs: 20 });
    const backUp = async () => {
      const run = await createBackup(context, {
        params: {},
        query: {},
        body: { sourceId, kind: "full", reason: "", note: "" },
        ifMatch: null,
      });
      expect(await untilEnded(db, run.id)).toMatchObject({ state: "succeeded" });
    };
    const taken = () => db.select().from(fingerprints).where(eq(fingerprints.sourceId, sourceId)).orderBy(fingerprints.day);
    try {
      const digests = [{ schema: "public", table: "customers" }];
      await updateFingerprintSettings(context, { params: { id: sourceId }, query: {}, body: { digests }, ifMatch: 1 });
      await backUp();
      await expect.poll(taken).toHaveLength(1);
      const [first] = await taken();
      const rows = await shop.sql<{ customers: number; orders: number }[]>`
        select (select count(*)::int from customers) as customers, (select count(*)::int from orders) as orders`;
      const of = (table: string) => first?.tables.find((entry) => entry[0] === "public" && entry[1] === table);
      expect(of("customers")).toEqual(["public", "customers", rows[0]?.customers, expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect(of("orders")).toEqual(["public", "orders", rows[0]?.orders, null]);

      // As if all this had been the day before; the worker looks on, and sees both or nothing.
      const yesterday = new Date(Date.now() - dayMs);
      await db.transaction(async (tx) => {
        await tx.update(backups).set({ snapshotAt: yesterday, startedAt: yesterday });
        await tx.update(fingerprints).set({ day: yesterday.toISOString().slice(0, 10), at: yesterday });
      });
      await shop.sql`drop table order_lines cascade`;
      await shop.sql`delete from orders where id > 3`;
      await backUp();
      const found = async () =>
        (await taken())
          .at(-1)
          ?.findings.map(({ code, table }) => `${code} ${table}`)
          .sort();
      await expect.poll(found).toEqual(["table-gone order_lines", "table-shrank orders"]);
      expect(await taken()).toHaveLength(2);
      const open = await db
        .select()
        .from(alerts)
        .where(and(eq(alerts.code, "fingerprint-diverged"), isNull(alerts.resolvedAt)));
      expect(open).toMatchObject([{ sourceId, params: { findings: 2 } }]);
      const status = await getSourceStatus(context, { params: { id: sourceId }, query: {}, body: {}, ifMatch: null });
      expect(status).toMatchObject({ level: "attention", objectiveMet: true });
      expect(status.openAlerts).toBeGreaterThanOrEqual(1);
    } finally {
      await worker.stop();
      await shop.drop();
      await test.drop();
      await station.remove();
    }
  });
});
