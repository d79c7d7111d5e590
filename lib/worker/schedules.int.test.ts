import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { schedules } from "#lib/db/schema/schedules";
import { testContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, describeOn } from "#lib/testing/postgres";
import { addSchedule, slotsOf } from "#lib/testing/schedule-rows";
import { addSource, createStation, loadRun } from "#lib/testing/worker-setup";

describeOn(15, (server) => {
  it("a schedule that is due makes a backup, with no hand in it, and its verification; each nominal time has one slot", async () => {
    const test = await createCatalogue();
    const context = testContext(test.catalogue);
    const { db } = test.catalogue;
    const shop = await createShopDatabase(server);
    const { sourceId } = await addSource(context, server, shop.name);
    const station = await createStation({ catalogue: test.catalogue, url: test.url, context });
    const nominal = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    const cron = `${nominal.getUTCMinutes()} ${nominal.getUTCHours()} * * *`;
    const full = await addSchedule(db, sourceId, nominal, { cron });
    const verify = await addSchedule(db, sourceId, nominal, { cron, task: "verify" });
    const worker = await station.startWorker({ tickMs: 100 });
    const other = await station.startWorker({ tickMs: 100 });
    try {
      for (const id of [full, verify]) {
        await expect.poll(async () => (await slotsOf(db, id)).map(({ state }) => state)).toEqual(["done"]);
      }
      const [made] = await slotsOf(db, full);
      const [checked] = await slotsOf(db, verify);
      expect(made).toMatchObject({ nominalAt: nominal, late: false, reason: null, attempt: 0 });
      const [backup] = await db.select().from(backups).where(eq(backups.sourceId, sourceId));
      expect(backup).toMatchObject({ state: "available", kind: "full", trigger: "schedule", createdByType: "system" });
      expect(await loadRun(db, made?.runId ?? "")).toMatchObject({ type: "backup", slotId: made?.id, backupId: backup?.id });
      expect(await loadRun(db, checked?.runId ?? "")).toMatchObject({ type: "verify", slotId: checked?.id, backupId: backup?.id });
      const [after] = await db.select().from(schedules).where(eq(schedules.id, full));
      expect(after?.nextDueAt).toEqual(new Date(nominal.getTime() + 86_400_000));
    } finally {
      await worker.stop();
      await other.stop();
      await shop.drop();
      await test.drop();
      await station.remove();
    }
  });
});
