import { randomBytes } from "node:crypto";
import { asc, eq, type SQL } from "drizzle-orm";
import { afterAll, beforeEach } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { runs } from "#lib/db/schema/runs";
import { createNotifier } from "#lib/notify/notifier";
import type { Notifier } from "#lib/notify/port";
import { createKeyring } from "#lib/secrets/keyring";
import { createChannel } from "#lib/services/notifications/create-channel";
import { dispatchAll } from "#lib/services/notifications/dispatch";
import { createSender } from "#lib/services/notifications/sender";
import { insertRun, insertServer } from "./catalogue-rows.ts";
import { testContext, type TestContext } from "./context.ts";
import { createCatalogue, type TestCatalogue } from "./postgres.ts";
import { quietLogger } from "./quiet-logger.ts";
import { type HttpReceiver, startHttpReceiver } from "./receivers.ts";

type Body = Parameters<typeof createChannel>[1]["body"];
export type DeliveryRow = typeof deliveries.$inferSelect;

/** What a channel is where a test does not care. */
export const usualChannel = {
  name: "Channel",
  enabled: true,
  alerts: null,
  sourceIds: null,
  language: "en",
  quietHours: null,
  repeatHours: null,
} satisfies Partial<Body>;

/** A catalogue, a receiver, and what tests of messages do with them. */
export type MessageKit = {
  readonly test: TestCatalogue;
  readonly context: TestContext;
  readonly serverId: string;
  readonly receiver: HttpReceiver;
  readonly notifier: Notifier;
  /** A channel that leads to the receiver, unless told. */
  readonly addChannel: (change: Partial<Body> & Pick<Body, "config">, url?: string) => ReturnType<typeof createChannel>;
  /** Sends what is due and waits for it. */
  readonly sendAll: (options?: { notifier?: Notifier; gatherMs?: number }) => Promise<void>;
  /** The delivery log, oldest first. */
  readonly outbox: (where?: SQL) => Promise<DeliveryRow[]>;
  /** A backup of a source that fails; its event waits for a dispatcher. */
  readonly failedBackup: (sourceId: string) => Promise<string>;
  /** Forgets channels, messages and alerts of the test before. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** One kit for all tests of a file: empty before each, closed after the last. */
export async function messageKitOfFile(): Promise<MessageKit> {
  const kit = await createMessageKit(randomBytes(32));
  beforeEach(kit.reset);
  afterAll(kit.close);
  return kit;
}

export async function createMessageKit(key: Buffer): Promise<MessageKit> {
  const test = await createCatalogue();
  const context = testContext(test.catalogue, { keyring: createKeyring(key) });
  const { db } = context;
  const serverId = await insertServer(db);
  const receiver = await startHttpReceiver();
  const notifier = createNotifier({ publicUrl: "https://lifeboat.example.org", timeoutMs: 20_000 });
  return {
    test,
    context,
    serverId,
    receiver,
    notifier,
    addChannel: (change, url = receiver.url) => {
      return createChannel(context, {
        params: {},
        query: {},
        ifMatch: null,
        body: { ...usualChannel, secret: { url }, ...change },
      });
    },
    sendAll: async (options = {}) => {
      const sender = createSender({ context, notifier, logger: quietLogger, gatherMs: 0, backOffMs: 1, ...options });
      await sender.pass();
      await sender.idle();
    },
    outbox: (where) => db.select().from(deliveries).where(where).orderBy(asc(deliveries.createdAt), asc(deliveries.id)),
    failedBackup: async (sourceId) => {
      const runId = await insertRun(db, { type: "backup", subject: sourceId, sourceId, state: "running" });
      await db
        .update(runs)
        .set({ state: "failed", error: { code: "database-missing", params: { database: "shop" } }, finishedAt: new Date() })
        .where(eq(runs.id, runId));
      return runId;
    },
    reset: async () => {
      await dispatchAll(context, quietLogger);
      await db.delete(deliveries);
      await db.delete(channels);
      await db.update(alerts).set({ resolvedAt: new Date() });
      receiver.requests.length = 0;
      receiver.answer = (response) => void response.writeHead(204).end();
    },
    close: async () => {
      await receiver.close();
      await test.drop();
    },
  };
}
