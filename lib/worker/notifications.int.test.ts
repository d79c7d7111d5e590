import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { deliveries } from "#lib/db/schema/deliveries";
import { sources } from "#lib/db/schema/sources";
import { createBackup } from "#lib/services/backups/run-now";
import { createChannel } from "#lib/services/notifications/create-channel";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { type MailReceiver, startMailServer } from "#lib/testing/receivers";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";

let test: TestCatalogue;
let context: TestContext;
let station: Station;
let mail: MailReceiver;
let shop: TestDatabase;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  mail = await startMailServer({ disabledCommands: ["STARTTLS"] });
  shop = await createShopDatabase(testServer(15));
});

afterAll(async () => {
  await mail.close();
  await test.drop();
  await shop.drop();
  await station.remove();
});

describe("a worker that sends messages", () => {
  it("mails that a backup failed, once however often it fails, and that it works again", async () => {
    const { db } = context;
    const { sourceId } = await addSource(context, testServer(15), "there_is_no_such_database");
    await createChannel(context, {
      params: {},
      query: {},
      ifMatch: null,
      body: {
        name: "Operators",
        config: {
          type: "email",
          host: "127.0.0.1",
          port: mail.port,
          security: "none",
          username: "",
          from: "lifeboat@example.org",
          to: ["ops@example.org"],
        },
        secret: {},
        enabled: true,
        alerts: ["backup-failed"],
        sourceIds: null,
        language: "en",
        quietHours: null,
        repeatHours: 24,
      },
    });
    const backUp = async () => {
      const body = { sourceId, kind: "full" as const, reason: "", note: "" };
      const { id } = await createBackup(context, { params: {}, query: {}, ifMatch: null, body });
      return untilEnded(db, id);
    };
    const worker = await station.startWorker({
      tickMs: 100,
      change: (deps) => ({ ...deps, messages: { ...deps.messages, gatherMs: 0 } }),
    });
    try {
      expect((await backUp()).state).toBe("failed");
      await expect.poll(() => mail.mails.length).toBe(1);
      const [first] = mail.mails;
      expect(first).toMatchObject({ from: "lifeboat@example.org", to: ["ops@example.org"] });
      expect(first?.subject).toMatch(/^Backup of .* failed$/);
      expect(first?.raw).toContain("there_is_no_such_database");

      expect((await backUp()).state).toBe("failed");
      const open = () =>
        db
          .select()
          .from(alerts)
          .where(and(eq(alerts.sourceId, sourceId), isNull(alerts.resolvedAt)));
      await expect.poll(async () => (await open()).map(({ count }) => count)).toEqual([2]);

      await db.update(sources).set({ database: shop.name }).where(eq(sources.id, sourceId));
      expect((await backUp()).state).toBe("succeeded");
      await expect.poll(() => mail.mails.length).toBe(2);
      expect(mail.mails[1]?.subject).toMatch(/^Backups of .* work again$/);
      expect(await open()).toEqual([]);
      const log = async () => {
        const rows = await db.select().from(deliveries).where(eq(deliveries.sourceId, sourceId)).orderBy(deliveries.createdAt);
        return rows.map(({ kind, state, attempts }) => [kind, state, attempts]);
      };
      // The receiver has a mail before the sender has written that it was taken.
      await expect.poll(log).toEqual([
        ["alert", "sent", 1],
        ["resolved", "sent", 1],
      ]);
    } finally {
      await worker.stop();
    }
  });
});
