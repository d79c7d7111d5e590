import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { incidents } from "#lib/db/schema/incidents";
import { createBackup } from "#lib/services/backups/run-now";
import { insertRun } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue, testServer } from "#lib/testing/postgres";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";

let test: TestCatalogue;
let context: TestContext;
let station: Station;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterAll(async () => {
  await test.drop();
  await station.remove();
});

describe("backups that fail in a row", () => {
  it("open an incident whether they failed by themselves or were lost with their worker", async () => {
    const { db } = context;
    const { sourceId } = await addSource(context, testServer(15), "there_is_no_such_database", { incidentAfterFailures: 2 });
    const openIncidents = () => db.select().from(incidents).where(eq(incidents.sourceId, sourceId));
    const worker = await station.startWorker({ timings: { sweepMs: 100 } });
    try {
      const asked = await createBackup(context, {
        params: {},
        query: {},
        ifMatch: null,
        body: { sourceId, kind: "full", reason: "", note: "" },
      });
      expect((await untilEnded(db, asked.id)).state).toBe("failed");
      expect(await openIncidents()).toEqual([]);

      const longAgo = new Date(Date.now() - 3_600_000);
      const lost = await insertRun(db, { sourceId, state: "running", workerId: "wrk_gone", startedAt: longAgo, leaseExpiresAt: longAgo });
      expect((await untilEnded(db, lost)).error).toMatchObject({ code: "worker-lost" });
      expect(await openIncidents()).toMatchObject([
        { kind: "backup-failed", state: "open", openedByName: "Lifeboat", runIds: [asked.id, lost] },
      ]);

      const again = await createBackup(context, {
        params: {},
        query: {},
        ifMatch: null,
        body: { sourceId, kind: "full", reason: "", note: "" },
      });
      await untilEnded(db, again.id);
      const [joined] = await openIncidents();
      expect(joined?.runIds).toEqual([asked.id, lost, again.id]);
      expect(joined?.timeline.map(({ code }) => code)).toEqual(["opened", "again"]);
    } finally {
      await worker.stop();
    }
  });
});
