import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { drills } from "#lib/db/schema/drills";
import { idempotencyKeys } from "#lib/db/schema/idempotency-keys";
import { packs } from "#lib/db/schema/packs";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import { createCodecPool } from "#lib/repository/codec-pool";
import { rowsOf, storeFull } from "#lib/repository/pack-fixture";
import { createKeyring } from "#lib/secrets/keyring";
import { hashPassword } from "#lib/secrets/password";
import { insertBackup, insertDestination, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, testRuntime } from "#lib/testing/web-runtime";

// FAULTS.md line 2: kill -9 of web in the middle of a request.
const script = fileURLToPath(new URL("../testing/killable-web.ts", import.meta.url));
const children: ChildProcess[] = [];
let home: TestCatalogue;
const installationKey = "5e".repeat(32);
let folder: string;
let authorization: string;
let sourceId: string;
let backupId: string;
let next: Promise<Web>;
const db = () => home.catalogue.db;

type Web = { child: ChildProcess; base: string; gone: Promise<unknown> };

beforeAll(async () => {
  home = await createCatalogue();
  folder = await mkdtemp(join(tmpdir(), "lifeboat-web-"));
  const pool = createCodecPool({ threads: 1 });
  const full = await storeFull({ root: folder, bytes: rowsOf(8_000_000), pool });
  await pool.close();
  authorization = `Bearer ${await bearerToken(testRuntime(home.catalogue), "admin")}`;
  sourceId = await insertSource(db(), await insertServer(db()));
  const destinationId = await insertDestination(db());
  backupId = await insertBackup(db(), { sourceId, destinationId });
  const { packId, ...pack } = full.pack;
  await db()
    .insert(packs)
    .values({ ...pack, id: packId, backupId });
  await db()
    .insert(backupStreams)
    .values({ backupId, ...full.stream });
  const now = new Date();
  const person = { email: "ada@example.org", name: "Ada", role: "admin" as const, createdAt: now, updatedAt: now };
  await db()
    .insert(users)
    .values({ id: newId("user"), passwordHash: await hashPassword("correct horse battery"), ...person });
  next = startWeb();
});
afterAll(async () => {
  await next;
  for (const child of children) child.kill("SIGKILL");
  await home.drop();
  await rm(folder, { recursive: true });
});

async function startWeb(): Promise<Web> {
  const config = { databaseUrl: home.url, key: installationKey, backupDir: folder };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    env: {
      PATH: process.env["PATH"] ?? "",
      NODE_ENV: "test",
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      LIFEBOAT_TEST_CONFIG: JSON.stringify(config),
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  children.push(child);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, base: `http://127.0.0.1:${port}`, gone: once(child, "exit") };
}

/** A web process that dies before its n-th question to the catalogue; the next one is started meanwhile. */
async function armed(n: number | null): Promise<Web> {
  const web = await next;
  next = startWeb();
  const heard = once(web.child, "message");
  web.child.send({ arm: n });
  await heard;
  return web;
}

async function asked(web: Web): Promise<number> {
  const heard = once(web.child, "message");
  web.child.send({ report: true });
  return ((await heard) as [{ asked: number }])[0].asked;
}

type Call = (base: string) => Promise<Response>;

/** Rehearses a call, then dies at up to `deaths` moments of it. After each, `look` decides with a web process that lives. */
async function dieIn(call: Call, deaths: number, look: (base: string, n: number) => Promise<void>): Promise<number> {
  const living = await armed(null);
  await (await call(living.base)).text();
  const questions = await asked(living);
  await look(living.base, -1);
  const step = Math.max(1, questions / deaths);
  let died = 0;
  for (let at = 0; Math.floor(at) < questions; at += step) {
    const n = Math.floor(at);
    const web = await armed(n);
    await expect(call(web.base), `dies at question ${n}`).rejects.toThrow("fetch failed");
    await web.gone;
    died += 1;
    await look(living.base, n);
  }
  return died;
}

it("starts one backup, however often it dies while it starts it: the key tried again gives that run", async () => {
  let key = "key-0";
  const ask: Call = (base) =>
    fetch(`${base}/api/v1/backups`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ sourceId }),
    });
  const died = await dieIn(ask, 8, async (base, n) => {
    // As if the minute had passed after which a first request counts as dead.
    await db()
      .update(idempotencyKeys)
      .set({ createdAt: sql`created_at - interval '61 seconds'` });
    const answer = await ask(base);
    const body = (await answer.json()) as { id?: string; code?: string; params?: { runId: string } };
    const active = await db().select().from(runs).where(eq(runs.sourceId, sourceId));
    expect({ n, runs: active.length, status: answer.status }).toEqual({ n, runs: 1, status: expect.toBeOneOf([202, 409]) as number });
    expect(body.id ?? body.params?.runId).toBe(active[0]?.id);
    // Whole: with its steps, and with whoever asked for it.
    const steps = await db()
      .select()
      .from(runSteps)
      .where(eq(runSteps.runId, active[0]?.id ?? ""));
    const told = (await db().select().from(auditEvents)).filter((row) => JSON.stringify(row).includes(active[0]?.id ?? "?"));
    expect({ n, steps: steps.length > 0, told: told.length }).toEqual({ n, steps: true, told: 1 });
    await db().delete(runs);
    key = `key-${n + 2}`;
  });
  expect(died).toBeGreaterThan(3);
});

it("signs in after it died while somebody signed in, and leaves no session that nobody holds open but the one", async () => {
  const ask: Call = (base) =>
    fetch(`${base}/sign-in`, { method: "POST", body: JSON.stringify({ email: "ada@example.org", password: "correct horse battery" }) });
  const died = await dieIn(ask, 5, async (base, n) => {
    const answer = await ask(base);
    expect({ n, status: answer.status }).toEqual({ n, status: 200 });
    const { sessionId } = (await answer.json()) as { sessionId: string };
    const open = (await db().select().from(sessions)).map((session) => session.id);
    expect(open).toContain(sessionId);
    // Each has its row in the audit log, in the same transaction: none is half made.
    const told = await db().select().from(auditEvents).where(eq(auditEvents.action, "session.sign-in"));
    expect(told.length).toBeGreaterThanOrEqual(open.length);
    await db().delete(sessions);
  });
  expect(died).toBeGreaterThan(3);
});

it("lets go of a backup within a minute after it died in the middle of its download", async () => {
  const download: Call = (base) => fetch(`${base}/api/v1/backups/${backupId}/download`, { headers: { authorization } });
  const web = await armed(null);
  const response = await download(web.base);
  const reader = response.body!.getReader();
  await reader.read();
  web.child.kill("SIGKILL");
  await expect(
    (async () => {
      while (!(await reader.read()).done);
    })(),
  ).rejects.toThrow("terminated");
  const [lock] = await db()
    .select({ inTime: sql<boolean>`${chainLocks.leaseExpiresAt} < clock_timestamp() + interval '61 seconds'` })
    .from(chainLocks);
  expect(lock).toEqual({ inTime: true });
  const living = await armed(null);
  const again = await download(living.base);
  expect((await again.arrayBuffer()).byteLength).toBe(8_000_000);
});

it("moves a drill on as a whole or not at all, whichever phase's button it dies in", async () => {
  const id = newId("drill");
  const at = new Date();
  // A token signs for nobody: the buttons are a person's.
  const keyring = createKeyring(Buffer.from(installationKey, "hex"));
  const { userId, cookie } = await signedInPerson({ ...testRuntime(home.catalogue), keyring }, "admin");
  const none = { serverId: null, serverName: null, serverVersion: null, hostName: null };
  const row: typeof drills.$inferInsert = {
    id,
    sourceId,
    planId: newId("drillPlan"),
    state: "prepared",
    trigger: "api",
    operatorId: userId,
    operatorName: "admin",
    wantedTarget: { type: "automatic" },
    target: { type: "sandbox", name: "shop_drill_20260101_abcdef", confined: true, ...none },
    preflight: { checkedAt: at.toISOString(), items: [], estimate: null, recoveryPointSeconds: 1 },
    playbookVersion: 1,
    playbook: "",
    startedAt: at,
  };
  const post = (path: string, body: object): Call => {
    const headers = { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json", "if-match": '"1"' };
    return (base) => fetch(`${base}/api/v1/drills${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  };
  let toldBefore = 0;
  const found = async () => {
    const [drill] = await db().select().from(drills);
    const queued = await db().select().from(runs);
    const told = (await db().select().from(auditEvents)).length - toldBefore;
    return { state: drill?.state ?? null, runs: queued.map(({ type }) => type), told };
  };
  const buttons = [
    { before: null, call: post("", { sourceId }), after: { state: "preparing", runs: ["drill-prepare"], told: 1 } },
    { before: row, call: post(`/${id}/restore`, {}), after: { state: "restoring", runs: ["drill-restore"], told: 1 } },
    {
      before: { ...row, state: "validating" as const, clockStartedAt: at },
      call: post(`/${id}/checks`, {}),
      after: { state: "validating", runs: ["drill-check"], told: 1 },
    },
    {
      before: { ...row, state: "validating" as const, clockStartedAt: at },
      call: post(`/${id}/close`, { verdict: "failed", signedName: "admin" }),
      after: { state: "closing", runs: ["drill-close"], told: 1 },
    },
  ];
  for (const { before, call, after } of buttons) {
    const begin = async () => {
      await db().delete(runs);
      await db().delete(drills);
      toldBefore = (await db().select().from(auditEvents)).length;
      if (before !== null) await db().insert(drills).values(before);
    };
    await begin();
    const untouched = { state: before?.state ?? null, runs: [], told: 0 };
    const died = await dieIn(call, 2, async (_base, n) => {
      const now = await found();
      const allowed = n === -1 ? [after] : [untouched, after];
      expect(allowed, `question ${n}`).toContainEqual(now);
      await begin();
    });
    expect(died).toBeGreaterThan(1);
  }
});
