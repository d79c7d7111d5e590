import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { insertRun } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { getRun } from "../runs/get.ts";
import { listRuns } from "../runs/list.ts";
import { getRunLog } from "../runs/log.ts";
import { runLog } from "#lib/db/schema/run-log";
import { listAuditEvents } from "./list.ts";
import { recordAudit } from "./record.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };

let home: TestCatalogue;
let context: TestContext;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
});
afterAll(() => home.drop());

const list = (query: object) => listAuditEvents(context, { ...nothing, query: { limit: 50, ...query } });

test("an audit row masks secrets at any depth and keeps long texts by their beginning", async () => {
  const after = {
    password: "canary-1",
    nested: { apiKey: "canary-2" },
    url: "postgres://u:canary-3@h/d",
    note: "n".repeat(5000),
    at: new Date(0),
  };
  await recordAudit(context.db, context, { action: "test.mask", targetType: "test", targetId: "t1", after });
  const [row] = (await list({ target: "t1" })).items;
  expect(JSON.stringify(row)).not.toContain("canary");
  expect(row?.after).toMatchObject({ password: "•••", at: "1970-01-01T00:00:00.000Z" });
  expect(String(row?.after?.["note"])).toHaveLength(2001);
});

test("neither the row nor the change exists when the transaction fails", async () => {
  const failing = context.db.transaction(async (tx) => {
    await recordAudit(tx, context, { action: "test.rolled-back", targetType: "test", targetId: "t2" });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect((await list({ action: "test.rolled-back" })).total).toBe(0);
});

test("the database refuses to change, delete or truncate audit rows", async () => {
  await recordAudit(context.db, context, { action: "test.keep", targetType: "test", targetId: "t3" });
  const refused = { cause: { message: "audit events are append-only" } };
  await expect(context.db.update(auditEvents).set({ actorName: "nobody" })).rejects.toMatchObject(refused);
  await expect(context.db.delete(auditEvents).where(eq(auditEvents.targetId, "t3"))).rejects.toMatchObject(refused);
  await expect(context.db.execute(sql`truncate ${auditEvents}`)).rejects.toMatchObject(refused);
  expect((await list({ target: "t3" })).total).toBe(1);
});

test("events are filtered by actor, action, target, text and time, and paged", async () => {
  let made = 0;
  const viewer = testContext(home.catalogue, {
    // Three events of one instant stand in the order of their ids.
    newUuid: () => `0${(made += 1)}`.padEnd(32, "0"),
    actor: { ...testActor("viewer"), name: "Ana" },
    now: () => new Date("2026-01-05T00:00:00.000Z"),
  });
  for (const action of ["backup.start", "backup.delete", "backups_x.y"]) {
    await recordAudit(viewer.db, viewer, { action, targetType: "backup", targetId: "f", targetName: "shop_100%" });
  }
  const actions = async (query: object) => (await list({ target: "f", ...query })).items.map((item) => item.action);
  expect(await actions({})).toEqual(["backups_x.y", "backup.delete", "backup.start"]);
  expect(await actions({ action: "backup" })).toEqual(["backup.delete", "backup.start"]);
  expect(await actions({ action: "backup.start" })).toEqual(["backup.start"]);
  expect(await actions({ actor: "Ana", q: "100%" })).toHaveLength(3);
  expect(await actions({ actor: viewer.actor.id })).toHaveLength(3);
  expect(await actions({ q: "%%" })).toEqual([]);
  expect(await actions({ to: "2026-01-04T00:00:00.000Z" })).toEqual([]);
  expect(await actions({ from: "2026-01-05T00:00:00.000Z", to: "2026-01-05T00:00:00.000Z" })).toHaveLength(3);
  const first = await list({ target: "f", limit: 2 });
  expect(await actions({ limit: 2, after: first.next })).toEqual(["backup.start"]);
});

test("runs are listed without probes unless asked for, and filtered by state", async () => {
  const failed = await insertRun(context.db, { state: "failed", error: { code: "password-wrong", params: { user: "b" } } });
  const queued = await insertRun(context.db, { state: "queued", type: "verify" });
  const probe = await insertRun(context.db, { type: "check-server", isProbe: true, input: { passwordSealed: "sealed-canary" } });
  const ids = async (query: object) =>
    (await listRuns(context, { ...nothing, query: { limit: 50, probes: false, ...query } })).items.map((item) => item.id);
  expect(await ids({})).toEqual([queued, failed]);
  expect(await ids({ probes: true })).toEqual([probe, queued, failed]);
  expect(await ids({ state: "active" })).toEqual([queued]);
  expect(await ids({ state: "failed", type: "backup" })).toEqual([failed]);
  expect(await getRun(context, { ...nothing, params: { id: failed } })).toMatchObject({
    error: { code: "password-wrong", hint: expect.any(String) },
    steps: [],
  });
  expect(JSON.stringify(await getRun(context, { ...nothing, params: { id: probe } }))).not.toContain("sealed-canary");
});

test("a run's log is read in pieces, and is final only when nothing can follow", async () => {
  const id = await insertRun(context.db, { state: "running" });
  const lines = [1, 2, 3].map((seq) => ({ runId: id, seq, at: new Date(), level: "info" as const, text: `line ${seq}` }));
  await context.db.insert(runLog).values(lines);
  const read = (runId: string, after: number, limit: number) =>
    getRunLog(context, { ...nothing, params: { id: runId }, query: { after, limit } });
  expect(await read(id, 0, 2)).toMatchObject({ lines: [{ seq: 1 }, { seq: 2 }], next: 2, final: false });
  expect(await read(id, 2, 2)).toMatchObject({ lines: [{ text: "line 3" }], next: 3, final: false });
  const done = await insertRun(context.db);
  expect(await read(done, 9, 10)).toEqual({ lines: [], next: 9, final: true });
  await expect(read(`run_${"0".repeat(32)}`, 0, 1)).rejects.toMatchObject({ code: "not-found", params: { entity: "run" } });
});
