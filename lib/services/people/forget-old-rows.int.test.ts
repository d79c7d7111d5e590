import { randomUUIDv7 } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { idempotencyKeys } from "#lib/db/schema/idempotency-keys";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { sessions } from "#lib/db/schema/sessions";
import { setupTokens } from "#lib/db/schema/setup-tokens";
import { signInAttempts } from "#lib/db/schema/sign-in-attempts";
import { users } from "#lib/db/schema/users";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "#lib/services/audit/record";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { forgetOldRows } from "./forget-old-rows.ts";

let home: TestCatalogue;
beforeAll(async () => {
  home = await createCatalogue();
});
afterAll(() => home.drop());

const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);

async function insertPerson(): Promise<string> {
  const id = makeId("user", randomUUIDv7());
  const at = daysAgo(400);
  await home.catalogue.db
    .insert(users)
    .values({ id, email: `${id}@example.org`, name: "Ada", role: "viewer", passwordHash: "none", createdAt: at, updatedAt: at });
  return id;
}

it("forgets sessions, links, failures and answers when they are old, keeps each person's last session and the audit", async () => {
  const { db } = home.catalogue;
  const context = testContext(home.catalogue, { now: () => daysAgo(4000) });
  await recordAudit(db, context, { action: "test.old", targetType: "test", targetId: "t" });
  const busy = await insertPerson();
  const gone = await insertPerson();
  const session = (id: string, userId: string, seen: number, ended: number | null) => ({
    id,
    userId,
    address: "127.0.0.1",
    userAgent: "test",
    createdAt: daysAgo(seen),
    lastSeenAt: daysAgo(seen),
    expiresAt: daysAgo(seen - 7),
    endedAt: ended === null ? null : daysAgo(ended),
  });
  await db
    .insert(sessions)
    .values([
      session("busy-old-ended", busy, 120, 91),
      session("busy-old-expired", busy, 99, null),
      session("busy-ended", busy, 100, 89),
      session("busy-open", busy, 0, null),
      session("gone-older", gone, 300, 299),
      session("gone-last", gone, 200, 199),
    ]);
  const link = (name: string, expires: number, used: number | null) => ({
    tokenHash: name,
    createdAt: daysAgo(60),
    expiresAt: daysAgo(expires),
    usedAt: used === null ? null : daysAgo(used),
  });
  const links = [link("used", 28, 31), link("over", 31, null), link("waits", -1, null), link("just-over", 29, null), link("late", 1, 2)];
  await db.insert(oneTimeLinks).values(links.map((each) => Object.assign({ userId: busy, purpose: "reset" as const }, each)));
  await db.insert(setupTokens).values(links.map((each) => Object.assign({ purpose: "first-admin" as const }, each)));
  await db.insert(signInAttempts).values([
    { key: "account:old", failures: 9, lastFailureAt: daysAgo(1.1) },
    { key: "account:new", failures: 9, lastFailureAt: daysAgo(0.9) },
    { key: "account:blocked", failures: 9, lastFailureAt: daysAgo(2), blockedUntil: daysAgo(-1) },
  ]);
  await db.insert(idempotencyKeys).values([
    { actor: "a", key: "old", bodyHash: "", createdAt: daysAgo(1.1) },
    { actor: "a", key: "new", bodyHash: "", createdAt: daysAgo(0.9) },
  ]);

  await forgetOldRows(db);
  await forgetOldRows(db);

  const ids = async (column: string, table: string) =>
    (await db.execute<{ id: string }>(sql`select ${sql.raw(column)} as id from lifeboat.${sql.raw(table)} order by 1`)).map(({ id }) => id);
  expect(await ids("id", "sessions")).toEqual(["busy-ended", "busy-open", "gone-last"]);
  expect(await ids("token_hash", "one_time_links")).toEqual(["just-over", "late", "waits"]);
  expect(await ids("token_hash", "setup_tokens")).toEqual(["just-over", "late", "waits"]);
  expect(await ids("key", "sign_in_attempts")).toEqual(["account:blocked", "account:new"]);
  expect(await ids("key", "idempotency_keys")).toEqual(["new"]);
  expect(await db.select({ action: auditEvents.action }).from(auditEvents)).toEqual([{ action: "test.old" }]);
});
