import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hiddenBody } from "#lib/contracts/drill-checks";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { workers } from "#lib/db/schema/workers";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { addSource } from "#lib/testing/worker-setup";
import { copyDrillChecks } from "./copy-checks.ts";
import { ensurePlans } from "./ensure.ts";
import { getDrillPlan } from "./get.ts";
import { getDrillHooks } from "./hooks.ts";
import { listDrillPlans } from "./list.ts";
import { listPlaybooks } from "./playbooks.ts";
import { updateDrillPlan } from "./update.ts";

const none = { query: {}, ifMatch: null } as const;
let test: TestCatalogue;
let context: TestContext;
let shop: string;
let blog: string;

const get = (id: string) => getDrillPlan(context, { ...none, params: { id }, body: {} });
const change = (id: string, ifMatch: number | null, body: Parameters<typeof updateDrillPlan>[1]["body"]) =>
  updateDrillPlan(context, { query: {}, ifMatch, params: { id }, body });

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  const server = { host: "127.0.0.1", port: 1, superuser: "nobody", password: "none" };
  ({ sourceId: shop } = await addSource(context, server, "shop"));
  ({ sourceId: blog } = await addSource(context, server, "blog"));
});

afterAll(() => test.drop());

it("proposes one plan for each source, once, due a month after the source came", async () => {
  await Promise.all([ensurePlans(test.catalogue.db, context), ensurePlans(test.catalogue.db, context), get(shop)]);
  const plan = await get(shop);
  expect(plan).toMatchObject({
    proposed: true,
    unattended: false,
    selection: { type: "latest" },
    target: { type: "automatic" },
    playbookVersion: 1,
  });
  expect(plan.playbook).toContain("# Recovering");
  expect(plan.checks.find(({ type }) => type === "content")).toMatchObject({ mandatory: true });
  // Nothing can be restored yet, so nothing is due.
  expect(plan.due).toBe("none");
  const days = (Date.parse(plan.nextDueAt) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(27);
  expect(days).toBeLessThan(32);
  expect(await test.catalogue.db.select().from(drillPlans)).toHaveLength(2);
});

it("keeps every version of the playbook, and refuses who saw an older plan", async () => {
  const { version, playbook } = await get(shop);
  await expect(change(shop, null, { graceDays: 3 })).rejects.toMatchObject({ code: "version-required" });
  const changed = await change(shop, version, { playbook: "# Call Ada first", graceDays: 3 });
  expect(changed).toMatchObject({ proposed: false, playbookVersion: 2, graceDays: 3, version: version + 1 });
  await expect(change(shop, version, { graceDays: 4 })).rejects.toMatchObject({ code: "version-conflict" });
  expect(await change(shop, version + 1, { playbook: "# Call Ada first" })).toMatchObject({ playbookVersion: 2 });
  const first = await listPlaybooks(context, { ifMatch: null, params: { id: shop }, body: {}, query: { limit: 1 } });
  expect(first).toMatchObject({ items: [{ version: 2, text: "# Call Ada first", authorName: context.actor.name }], total: 2 });
  const second = await listPlaybooks(context, {
    ifMatch: null,
    params: { id: shop },
    body: {},
    query: { limit: 1, after: first.next ?? "" },
  });
  expect(second).toMatchObject({ items: [{ version: 1, text: playbook }], next: null });
  const reader = { ...context, actor: testActor("viewer") };
  await expect(updateDrillPlan(reader, { query: {}, ifMatch: 1, params: { id: shop }, body: {} })).rejects.toMatchObject({
    code: "not-allowed",
  });
});

it("takes checks over from another plan: the same key is replaced in its place, others come last", async () => {
  const sql = {
    key: "orders",
    name: "Orders",
    mandatory: true,
    type: "sql" as const,
    sql: "select 1",
    expect: { type: "value" as const, comparison: "=" as const, value: "1" },
  };
  const content = { key: "content", name: "", mandatory: false, type: "content" as const };
  await change(shop, (await get(shop)).version, { checks: [sql, content] });
  const before = await get(blog);
  const order = { query: {}, params: { id: blog }, ifMatch: before.version };
  await expect(copyDrillChecks(context, { ...order, body: { fromSourceId: shop, keys: ["nothing"] } })).rejects.toMatchObject({
    code: "check-unknown",
  });
  await test.catalogue.db.update(drillPlans).set({ triedAt: new Date() });
  const after = await copyDrillChecks(context, { ...order, body: { fromSourceId: shop } });
  // What could not start with the old checks may do so with the new ones.
  const tried = await test.catalogue.db.select({ triedAt: drillPlans.triedAt }).from(drillPlans).where(eq(drillPlans.sourceId, blog));
  expect(tried).toEqual([{ triedAt: null }]);
  expect(after.checks.map(({ key }) => key)).toEqual([...before.checks.map(({ key }) => key), "orders"]);
  expect(after.checks.find(({ key }) => key === "content")).toEqual(content);
});

it("lists the most overdue first, a page at a time, and by state", async () => {
  await change(blog, (await get(blog)).version, { nextDueAt: "2020-01-01T00:00:00.000Z" });
  const list = (query: { limit: number; after?: string; due?: "none" | "due" }) =>
    listDrillPlans(context, { ifMatch: null, params: {}, body: {}, query });
  const first = await list({ limit: 1 });
  expect(first).toMatchObject({ items: [{ sourceId: blog }], total: 2 });
  expect(await list({ limit: 1, after: first.next ?? "" })).toMatchObject({ items: [{ sourceId: shop }], next: null });
  const idle = await list({ limit: 1, due: "none" });
  expect(idle).toMatchObject({ items: [{ sourceId: blog }], total: 2 });
  expect(await list({ limit: 1, due: "none", after: idle.next ?? "" })).toMatchObject({ items: [{ sourceId: shop }], next: null });
  expect(await list({ limit: 5, due: "due" })).toMatchObject({ items: [], total: 0 });
});

it("tells what living workers declare, and nothing of those that are gone", async () => {
  const hooks = {
    commands: [{ name: "smoke", description: "npm run smoke", timeoutSeconds: 60 }],
    applications: [],
    problems: ["a: not a file"],
  };
  const row = { hostName: "a", pid: 1, group: "default", nodeVersion: "24", startedAt: new Date(), hooks };
  await test.catalogue.db.insert(workers).values([
    { ...row, id: "wrk_1", heartbeatAt: new Date() },
    { ...row, id: "wrk_2", heartbeatAt: new Date(Date.now() - 600_000), hooks: { ...hooks, commands: [], problems: ["b: long gone"] } },
  ]);
  expect(await getDrillHooks(context, { ...none, params: {}, body: {} })).toEqual(hooks);
  await test.catalogue.db.delete(workers).where(eq(workers.hostName, "a"));
});

it("tells the body of a request only to who writes plans, and never takes the mark for it", async () => {
  const body = '{"user":"smoke","password":"correct horse"}';
  const signIn = {
    key: "sign-in",
    name: "Sign in",
    mandatory: true,
    type: "http",
    application: "shop",
    path: "/session",
    method: "POST",
    body,
    status: 200,
    bodyPattern: "",
  } as const;
  const saved = await change(blog, (await get(blog)).version, { checks: [signIn] });
  expect(saved.checks).toEqual([signIn]);
  const reader = { ...context, actor: testActor("viewer") };
  const read = await getDrillPlan(reader, { ...none, params: { id: blog }, body: {} });
  expect(read.checks).toEqual([{ ...signIn, body: hiddenBody }]);
  const renamed = await change(blog, saved.version, { checks: [{ ...signIn, body: hiddenBody, name: "Signs in" }] });
  expect(renamed.checks).toEqual([{ ...signIn, name: "Signs in" }]);
  expect((await change(blog, renamed.version, { checks: [{ ...signIn, body: "" }] })).checks).toEqual([{ ...signIn, body: "" }]);
});
