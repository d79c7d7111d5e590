import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCatalogue } from "#lib/db/client";
import { listenTo, type Listener } from "#lib/db/listen";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { sessions } from "#lib/db/schema/sessions";
import { sources } from "#lib/db/schema/sources";
import { users } from "#lib/db/schema/users";
import { createCodecPool, type CodecPool } from "#lib/repository/codec-pool";
import { tokenHash } from "#lib/secrets/token";
import { backUpIfStale } from "#lib/services/backups/back-up-if-stale";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { createFreshness, type Freshness } from "./freshness.ts";
import { createWebServer } from "./server.ts";
import { stopServer } from "./stop-server.ts";

/** One web process: its own memory, its own ear on the catalogue. */
type Web = {
  readonly base: string;
  readonly freshness: Freshness;
  /** What it was told so far. */
  readonly heard: ReadonlySet<string>;
  /** How often its memory asked the catalogue. */
  readonly asked: () => number;
  readonly stop: () => Promise<void>;
};
type Answer = {
  status: number;
  state?: string;
  runId?: string | null;
  ageSeconds?: number | null;
  lastGoodAt?: string | null;
  code?: string;
};

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
let home: TestCatalogue;
let runtime: TestRuntime;
let pool: CodecPool;
let one: Web;
let two: Web;
let admin: string;
let serverId: string;
let destinationId: string;
const db = () => home.catalogue.db;

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
  pool = createCodecPool({ threads: 1 });
  serverId = await insertServer(db());
  destinationId = await insertDestination(db());
  admin = await bearerToken(runtime, "admin");
  [one, two] = await Promise.all([startWebProcess("one"), startWebProcess("two")]);
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await pool.close();
  await home.drop();
});

async function startWebProcess(name: string): Promise<Web> {
  let asked = 0;
  const counting = new Proxy(db(), {
    get(target, key) {
      if (key === "select") asked += 1;
      return Reflect.get(target, key) as unknown;
    },
  });
  const freshness = createFreshness({ db: counting, logger: runtime.logger });
  const heard = new Set<string>();
  const up = Promise.withResolvers<void>();
  const listener: Listener = listenTo({
    databaseUrl: home.url,
    applicationName: `ear-${name}`,
    channel: "lifeboat_changes",
    onPayload: (payload) => {
      freshness.onPayload(payload);
      heard.add(payload);
    },
    onUp: () => (freshness.onUp(), up.resolve()),
    onDown: freshness.onDown,
    // No test hears by it, and an event loop that stands still for seconds is no lost connection.
    heartbeatMs: 60_000,
  });
  await up.promise;
  const own = { ...runtime, catalogue: openCatalogue(home.url, { applicationName: `web-${name}` }) };
  const server: Server = createWebServer(own, () => Promise.resolve(), {
    storage: () => Promise.reject(new Error("none")),
    pool,
    freshness,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    freshness,
    heard,
    asked: () => asked,
    stop: async () => {
      await listener.stop();
      await stopServer(server);
      await own.catalogue.close();
    },
  };
}

async function ask(web: Web, sourceId: string, maxAge: string, headers: Record<string, string> = bearer(admin)): Promise<Answer> {
  const response = await fetch(`${web.base}/api/v1/sources/${sourceId}/back-up-if-stale?maxAge=${maxAge}`, { method: "POST", headers });
  return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function source(lastGoodHoursAgo: number | null): Promise<string> {
  const sourceId = await insertSource(db(), serverId);
  if (lastGoodHoursAgo !== null) await insertBackup(db(), { sourceId, destinationId }, { snapshotAt: hoursAgo(lastGoodHoursAgo) });
  return sourceId;
}

let marks = 0;

/** Asks until the answer is held: a change that was told of meanwhile makes it be asked again. */
async function untilHeld(web: Web, sourceId: string, token = admin): Promise<void> {
  // Changes are told in the order of their commits: who has heard this one has heard all that were made before. Told anew with each look, because a
  // connection that was just lost hears nothing.
  const mark = `source:mark-${(marks += 1)}`;
  const isHeard = async () => {
    await home.catalogue.sql`select pg_notify('lifeboat_changes', ${mark})`;
    return web.heard.has(mark);
  };
  await expect.poll(isHeard).toBe(true);
  const isHeld = async () => {
    expect(await ask(web, sourceId, "9999w", bearer(token))).toMatchObject({ state: "fresh" });
    return web.freshness.sources.has(sourceId) && web.freshness.tokens.has(tokenHash(token));
  };
  await expect.poll(isHeld).toBe(true);
}

const runsOf = (sourceId: string) =>
  db()
    .select()
    .from(runs)
    .where(and(eq(runs.sourceId, sourceId), eq(runs.type, "backup")));

describe("back-up-if-stale", () => {
  it("tells a fresh source from memory, without asking the catalogue", async () => {
    const sourceId = await source(2);
    const first = await ask(one, sourceId, "7d");
    expect(first).toMatchObject({ status: 200, state: "fresh", runId: null });
    expect(first.ageSeconds).toBeGreaterThanOrEqual(7_199);
    await untilHeld(one, sourceId);
    const asked = one.asked();
    for (let call = 0; call < 20; call += 1) expect(await ask(one, sourceId, "3h")).toMatchObject({ state: "fresh" });
    expect(one.asked()).toBe(asked);
    expect(await runsOf(sourceId)).toEqual([]);
  });

  it("starts a backup of a stale one, and then says that it is on its way, in every process", async () => {
    const sourceId = await source(2);
    const started = await ask(one, sourceId, "1h");
    expect(started).toMatchObject({ status: 200, state: "started" });
    const [run, ...others] = await runsOf(sourceId);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ id: started.runId, state: "queued", trigger: "stale", reason: "stale" });
    expect(await ask(one, sourceId, "1h")).toMatchObject({ state: "running", runId: started.runId });
    expect(await ask(two, sourceId, "1h")).toMatchObject({ state: "running", runId: started.runId });
    // Older than that is still young enough for somebody else.
    expect(await ask(two, sourceId, "1d")).toMatchObject({ state: "fresh" });
    const [row] = await db().select().from(auditEvents).where(eq(auditEvents.targetId, sourceId));
    expect(row).toMatchObject({ action: "backup.start", actorType: "token" });
  });

  it("starts one backup for 200 callers at once in two processes", async () => {
    const sourceId = await source(null);
    const answers = await Promise.all(Array.from({ length: 200 }, (_, caller) => ask(caller % 2 === 0 ? one : two, sourceId, "1d")));
    const [run, ...others] = await runsOf(sourceId);
    expect(others).toEqual([]);
    expect(new Set(answers.map(({ status, runId }) => `${status} ${runId}`))).toEqual(new Set([`200 ${run?.id}`]));
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(["started", "running"]));
    const told = await db().select().from(auditEvents).where(eq(auditEvents.targetId, sourceId));
    expect(told).toHaveLength(1);
  });

  it("hears of a new backup, of one that goes to the trash, and of a pause", async () => {
    const sourceId = await source(48);
    const backupId = await insertBackup(db(), { sourceId, destinationId });
    await untilHeld(one, sourceId);
    expect(await ask(one, sourceId, "1d")).toMatchObject({ state: "fresh" });
    await db().update(sources).set({ pausedAt: new Date() }).where(eq(sources.id, sourceId));
    await db().update(backups).set({ state: "trashed" }).where(eq(backups.id, backupId));
    await expect.poll(() => ask(one, sourceId, "1d")).toMatchObject({ status: 409, code: "source-paused" });
    expect(await ask(one, sourceId, "3d")).toMatchObject({ state: "fresh" });
  });

  it("does not try again and again after one that failed a moment ago", async () => {
    const sourceId = await source(null);
    const failed = { type: "backup", state: "failed", subject: sourceId, sourceId } as const;
    const runId = await insertRun(db(), { ...failed, finishedAt: new Date() });
    expect(await ask(one, sourceId, "1d")).toMatchObject({ status: 200, state: "failed", runId, lastGoodAt: null, ageSeconds: null });
    await db()
      .update(runs)
      .set({ finishedAt: hoursAgo(1) })
      .where(eq(runs.id, runId));
    expect(await ask(two, sourceId, "1d")).toMatchObject({ state: "started" });
  });

  it("takes its own start back when a backup ended in between", async () => {
    const sourceId = await source(0);
    const context = testContext(home.catalogue);
    expect(await backUpIfStale(context, { sourceId, maxAgeSeconds: 3_600 })).toMatchObject({ state: "fresh", runId: null });
    expect(await runsOf(sourceId)).toEqual([]);
    expect(await db().select().from(auditEvents).where(eq(auditEvents.targetId, sourceId))).toEqual([]);
    expect(context.woken).toEqual([]);
  });

  it("refuses what is no source and no age", async () => {
    const sourceId = await source(1);
    expect(await ask(one, `src_${"0".repeat(32)}`, "1d")).toMatchObject({ status: 404, code: "not-found" });
    expect(await ask(one, "nonsense", "1d")).toMatchObject({ status: 404, code: "not-found" });
    // The second time it is known; also then of two ages none is taken.
    await untilHeld(one, sourceId);
    for (const age of ["", "7", "1y", "0d", "7d&maxAge=1s", "1s&maxAge=7d"])
      expect(await ask(one, sourceId, age)).toMatchObject({ status: 400, code: "invalid-input" });
  });
});

describe("whoever asks whether it is stale", () => {
  it("is nobody, or may start no backup: told so, fresh or not", async () => {
    const sourceId = await source(1);
    const viewer = await bearerToken(runtime, "viewer");
    const narrow = await bearerToken(runtime, "admin", { scopes: ["sources:read"] });
    for (const headers of [{}, bearer("lfb_guess"), { authorization: "Basic eA==" }]) {
      expect(await ask(one, sourceId, "1d", headers)).toMatchObject({ status: 401, code: "not-signed-in" });
    }
    // The second time it is known.
    for (const token of [viewer, viewer, narrow, narrow]) {
      expect(await ask(one, sourceId, "1d", bearer(token))).toMatchObject({ status: 403, code: "not-allowed" });
    }
  });

  it("stops at once: a token that is revoked or expires, a maker who is demoted or disabled", async () => {
    const sourceId = await source(1);
    const known = async (row: Partial<typeof apiTokens.$inferInsert> = {}) => {
      const token = await bearerToken(runtime, "admin", row);
      for (const web of [one, two]) await untilHeld(web, sourceId, token);
      return { token, isIt: eq(apiTokens.tokenHash, tokenHash(token)) };
    };
    const refused = async (token: string, expected: object) => {
      for (const web of [one, two]) await expect.poll(() => ask(web, sourceId, "1d", bearer(token))).toMatchObject(expected);
    };
    const revoked = await known();
    await db().update(apiTokens).set({ revokedAt: new Date() }).where(revoked.isIt);
    await refused(revoked.token, { status: 401 });

    const short = await known();
    await db()
      .update(apiTokens)
      .set({ expiresAt: new Date(Date.now() + 50) })
      .where(short.isIt);
    await refused(short.token, { status: 401 });

    const narrowed = await known();
    await db()
      .update(apiTokens)
      .set({ scopes: ["backups:read"] })
      .where(narrowed.isIt);
    await refused(narrowed.token, { status: 403 });

    const { userId } = await signedInPerson(runtime, "admin");
    const made = await known({ createdBy: userId });
    await db().update(users).set({ role: "viewer" }).where(eq(users.id, userId));
    await refused(made.token, { status: 403 });
    await db().update(users).set({ role: "admin", disabledAt: new Date() }).where(eq(users.id, userId));
    await refused(made.token, { status: 401 });
  });

  it("in a browser comes from the same origin, with a session that is open now", async () => {
    const sourceId = await source(1);
    const { cookie, sessionId } = await signedInPerson(runtime, "admin");
    const origin = runtime.env.publicUrl;
    expect(await ask(one, sourceId, "1d", { cookie })).toMatchObject({ status: 403, code: "cross-site" });
    expect(await ask(one, sourceId, "1d", { cookie, origin: "https://evil.example" })).toMatchObject({ status: 403, code: "cross-site" });
    const cross = { ...bearer(admin), "sec-fetch-site": "cross-site" };
    expect(await ask(one, sourceId, "1d", cross)).toMatchObject({ status: 403, code: "cross-site" });
    expect(await ask(one, sourceId, "1d", { cookie, origin })).toMatchObject({ status: 200, state: "fresh" });
    await db().update(sessions).set({ endedAt: new Date() }).where(eq(sessions.id, sessionId));
    expect(await ask(one, sourceId, "1d", { cookie, origin })).toMatchObject({ status: 401 });
  });

  it("leaves its time behind, without being held up for that", async () => {
    const sourceId = await source(1);
    const token = await bearerToken(runtime, "admin");
    await ask(one, sourceId, "1d", bearer(token));
    const lastUse = async () => {
      const [row] = await db()
        .select()
        .from(apiTokens)
        .where(eq(apiTokens.tokenHash, tokenHash(token)));
      return row?.lastUsedAddress;
    };
    await expect.poll(lastUse).toBe("127.0.0.1");
  });
});

describe("a web process that hears nothing of the catalogue", () => {
  it("forgets all, asks each time, and begins to remember when it hears again", async () => {
    const sourceId = await source(1);
    const token = await bearerToken(runtime, "admin");
    await untilHeld(one, sourceId, token);
    one.freshness.onDown();
    await db()
      .update(apiTokens)
      .set({ revokedAt: new Date() })
      .where(eq(apiTokens.tokenHash, tokenHash(token)));
    expect(await ask(one, sourceId, "1d", bearer(token))).toMatchObject({ status: 401 });
    const asked = one.asked();
    expect(await ask(one, sourceId, "1d")).toMatchObject({ state: "fresh" });
    expect(await ask(one, sourceId, "1d")).toMatchObject({ state: "fresh" });
    expect(one.asked()).toBeGreaterThanOrEqual(asked + 4);
    expect(one.freshness.tokens.size + one.freshness.sources.size).toBe(0);
    one.freshness.onUp();
    await untilHeld(one, sourceId);
  });

  it("does not hold what changed while it was read", async () => {
    const sourceId = await source(1);
    await untilHeld(one, sourceId);
    one.freshness.onPayload(`source:${sourceId}`);
    const reading = one.freshness.loadSource(sourceId);
    one.freshness.onPayload(`source:${sourceId}`);
    expect((await reading).lastGoodAtMs).not.toBe(null);
    expect(one.freshness.sources.has(sourceId)).toBe(false);
  });

  it("notices that its connection was ended, and listens on a new one", async () => {
    const sourceId = await source(1);
    await untilHeld(two, sourceId);
    await home.catalogue.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ear-two'`;
    await expect.poll(() => two.freshness.sources.has(sourceId)).toBe(false);
    await untilHeld(two, sourceId);
    await insertBackup(db(), { sourceId, destinationId });
    await expect.poll(() => ask(two, sourceId, "30s")).toMatchObject({ state: "fresh" });
  });
});
