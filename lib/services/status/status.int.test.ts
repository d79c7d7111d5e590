import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { sources } from "#lib/db/schema/sources";
import { publicBadge, publicStatus } from "#lib/http/public-status";
import { setRuntime } from "#lib/http/runtime";
import { redactText } from "#lib/log/redact";
import { tokenHash } from "#lib/secrets/token";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { openAlert } from "../notifications/alerts.ts";
import { getSourceStatus } from "./get.ts";
import { setStatusLink } from "./set-link.ts";

let home: TestCatalogue;
let context: TestContext;
let runtime: TestRuntime;
let serverId: string;
let destinationId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  serverId = await insertServer(context.db, { name: "Secret server", host: "hidden.example.org" });
  destinationId = await insertDestination(context.db);
});
afterAll(() => home.drop());

const request = (id: string) => ({ params: { id }, query: {}, body: {}, ifMatch: null });
const link = async (id: string, on: boolean) => (await setStatusLink(context, { ...request(id), body: { on } })).path;
const show = (path: string, handler = publicStatus) =>
  handler(new Request(`http://127.0.0.1:3210${path}`), { params: Promise.resolve({ key: path.split("/")[3]?.split("?")[0] }) });

test("a source's status follows what happens to it", async () => {
  const { db } = context;
  const id = await insertSource(db, serverId, { name: "Shop" });
  const ask = () => getSourceStatus({ ...context, actor: testActor("viewer") }, request(id));
  expect(await ask()).toMatchObject({ name: "Shop", level: "bad", objectiveMet: false, lastGoodAt: null, drill: "none", openAlerts: 0 });
  const at = new Date(Date.now() - 3_600_000);
  await insertBackup(db, { sourceId: id, destinationId }, { snapshotAt: at }, { verifiedAt: at });
  expect(await ask()).toMatchObject({ level: "good", objectiveMet: true, objectiveSeconds: 93_600, lastGoodAt: at.toISOString() });
  await insertRun(db, { sourceId: id, state: "failed", finishedAt: new Date() });
  await db.transaction((tx) => openAlert(tx, context, { code: "backup-failed", subject: id, sourceId: id, params: {} }));
  expect(await ask()).toMatchObject({ level: "attention", openAlerts: 1 });
  await db.update(sources).set({ pausedAt: new Date() }).where(eq(sources.id, id));
  expect(await ask()).toMatchObject({ level: "paused" });
  await db.update(sources).set({ removedAt: new Date() }).where(eq(sources.id, id));
  await expect(ask()).rejects.toMatchObject({ code: "not-found" });
});

test("a public address tells name, state and ages, to whoever has it, and nothing else", async () => {
  const { db } = context;
  const id = await insertSource(db, serverId, { name: "Till <1>", database: "hidden_db" });
  const at = new Date(Date.now() - 2 * 3_600_000 - 60_000);
  await insertBackup(db, { sourceId: id, destinationId }, { snapshotAt: at }, { verifiedAt: at });
  const path = (await link(id, true)) ?? "";
  expect(path).toMatch(/^\/api\/status\/lbs_[A-Za-z0-9_-]{43}$/);
  const answer = await show(path);
  expect([answer.status, answer.headers.get("cache-control"), answer.headers.get("access-control-allow-origin")]).toEqual([
    200,
    "public, max-age=60",
    "*",
  ]);
  const body = (await answer.json()) as Record<string, unknown>;
  expect(Object.keys(body).sort()).toEqual(
    "color label lastGoodAgeSeconds lastProvenAgeSeconds lastVerifiedAgeSeconds level message name objectiveMet schemaVersion".split(" "),
  );
  expect(body).toMatchObject({
    schemaVersion: 1,
    label: "Till <1>",
    message: "good, 2 hours old",
    level: "good",
    lastProvenAgeSeconds: null,
  });
  expect(JSON.stringify(body)).not.toMatch(/hidden|src_|Secret/);
  const badge = await show(`${path}/badge.svg?lang=es`, publicBadge);
  expect(badge.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
  expect(await badge.text()).toContain("Till &lt;1&gt;: bien, hace 2 horas");
});

test("the key is kept as its hash, ends with the next one or when it is taken back, and never reaches log or audit trail", async () => {
  const { db } = context;
  const id = await insertSource(db, serverId);
  const first = (await link(id, true)) ?? "";
  const key = first.split("/").at(-1) ?? "";
  const [row] = await db.select().from(sources).where(eq(sources.id, id));
  expect(row?.statusKeyHash).toBe(tokenHash(key));
  expect(JSON.stringify(row)).not.toContain(key);
  const hasLink = async () => (await getSourceStatus(context, request(id))).hasLink;
  expect(await hasLink()).toBe(true);
  const second = (await link(id, true)) ?? "";
  expect([(await show(first)).status, (await show(second)).status]).toEqual([404, 200]);
  expect(await link(id, false)).toBeNull();
  expect(await hasLink()).toBe(false);
  expect((await show(second)).status).toBe(404);
  expect(await (await show(second)).text()).not.toContain("lbs_");
  const events = await db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
  expect(events.map(({ action }) => action).sort()).toEqual(["source.status-link", "source.status-link", "source.status-link-end"]);
  expect(JSON.stringify([events, runtime.logged])).not.toContain(key);
  expect(redactText(`POST ${first} 405`)).toBe("POST /api/status/lbs_••• 405");
});

test("what is no key is answered like a key that ended", async () => {
  for (const key of ["x", "lbs_", `lbs_${"a".repeat(43)}`, "..", `lbt_${"a".repeat(43)}`]) {
    const answer = await show(`/api/status/${key}`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, "not-found"]);
  }
});
