import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Transaction } from "#lib/db/client";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { usualChannel } from "#lib/testing/message-kit";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createChannel } from "./create-channel.ts";
import { listChannels } from "./list-channels.ts";
import { listDeliveries } from "./list-deliveries.ts";

// A log of months: what a page shows is found without reading the rest of it.
const rowsOfChannel = 12_000;
const none = { params: {}, ifMatch: null, body: {} };
let test: TestCatalogue;
let context: TestContext;
let channelId: string;
let sourceId: string;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  sourceId = await insertSource(context.db, await insertServer(context.db));
  const body = {
    ...usualChannel,
    config: { type: "webhook" as const, stateChanges: true },
    secret: { url: "https://hooks.example.org/x" },
  };
  channelId = (await createChannel(context, { ...none, query: {}, body })).id;
  await context.db.execute(sql`
    insert into lifeboat.deliveries (id, channel_id, kind, code, payload, dedupe_key, state, next_attempt_at, created_at, sent_at)
    select 'dlv_' || lpad(to_hex(n), 32, '0'), ${channelId}, 'event', 'backup.succeeded', '{}', n::text, 'sent',
      now() - n * interval '1 minute', now() - n * interval '1 minute', now() - n * interval '1 minute' + interval '1 second'
    from generate_series(10, ${rowsOfChannel}) as n`);
  const error = JSON.stringify({ code: "channel-refused", params: { status: 403 } });
  for (const [state, minutesAgo, failed] of [
    ["failed", 9_000, error],
    ["failed", 5, error],
    ["dropped", 4, null],
    ["pending", 3, null],
    ["held", 2, null],
  ] as const)
    await context.db.execute(sql`
      insert into lifeboat.deliveries (id, channel_id, kind, code, source_id, payload, dedupe_key, state, error, next_attempt_at, created_at)
      values (${newId("delivery")}, ${channelId}, 'alert', 'backup-failed', ${sourceId}, '{}', ${newId("delivery")}, ${state}, ${failed}::jsonb,
        now() + interval '1 day', now() - ${minutesAgo} * interval '1 minute')`);
  await context.db.execute(sql`analyze lifeboat.deliveries`);
});
afterAll(async () => {
  await test.drop();
});

/** Rows of the log that the work read, by whichever way. */
async function readBy<T>(work: (within: TestContext) => Promise<T>): Promise<{ read: number; answer: T }> {
  return context.db.transaction(async (tx: Transaction) => {
    const readSoFar = async () => {
      const [row] = await tx.execute<{ read: number }>(sql`
        select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables where relname = 'deliveries'`);
      return row?.read ?? NaN;
    };
    const before = await readSoFar();
    const answer = await work({ ...context, db: tx });
    return { answer, read: (await readSoFar()) - before };
  });
}

it("channels are shown with what came of them last, without reading their log", async () => {
  const { read, answer } = await readBy((within) => listChannels(within, { ...none, query: { limit: 50 } }));
  expect(answer.items).toMatchObject([{ id: channelId, pending: 2, problem: { code: "channel-refused" } }]);
  expect(Date.now() - new Date(answer.items[0]?.lastSentAt ?? 0).getTime()).toBeGreaterThan(9 * 60_000);
  expect(read).toBeLessThan(50);
});

it("a message that arrived after the last one that failed ends the problem, also when it is the older one", async () => {
  const { answer } = await readBy(async (within) => {
    await within.db.execute(sql`
      update lifeboat.deliveries set state = 'sent', sent_at = now(), error = null
      where state = 'failed' and created_at < now() - interval '1 day'`);
    const found = await listChannels(within, { ...none, query: { limit: 50 } });
    await within.db.execute(sql`
      update lifeboat.deliveries set state = 'failed', sent_at = null, error = '{"code": "channel-refused", "params": {"status": 403}}'
      where code = 'backup-failed' and created_at < now() - interval '1 day'`);
    return found;
  });
  expect(answer.items).toMatchObject([{ problem: null }]);
});

it.each([{ state: "failed" }, { state: "dropped" }, { kind: "alert" }, { source: true }] as const)(
  "the log filtered by %j is found without reading the rest",
  async (filter) => {
    const query = "source" in filter ? { source: sourceId, limit: 50 } : { ...filter, limit: 50 };
    const { read, answer } = await readBy((within) => listDeliveries(within, { ...none, query }));
    expect(answer.items.length).toBeGreaterThan(0);
    expect(answer.items.every(({ kind }) => kind === "alert")).toBe(true);
    expect(read).toBeLessThan(50);
  },
);
