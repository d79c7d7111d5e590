import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listDrills as listContract } from "#lib/contracts/drill-history";
import type { Handler } from "#lib/http/route";
import { setRuntime } from "#lib/http/runtime";
import { insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { insertDrill, insertDrillCheck } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, type TestPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { drillCalendar } from "./calendar.ts";
import { compareDrills } from "./compare.ts";
import { listDrills } from "./list.ts";
import { drillTrend } from "./trend.ts";

let home: TestCatalogue;
let runtime: TestRuntime;
let viewer: TestPerson;
let context: TestContext;
let shop: string;
let blog: string;
/** Of the shop: one a month of 2026, oldest first; June failed. */
const monthly: string[] = [];
let aborted: string;
let open: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { now: () => new Date("2026-12-01T00:00:00.000Z") });
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  viewer = await signedInPerson(runtime, "viewer");
  const { db } = home.catalogue;
  const serverId = await insertServer(db);
  shop = await insertSource(db, serverId, { name: "shop" });
  blog = await insertSource(db, serverId, { name: "=blog" });
  for (let month = 0; month < 11; month += 1) {
    const startedAt = new Date(Date.UTC(2026, month, 15, 10));
    const clock = { clockStartedAt: startedAt, clockStoppedAt: new Date(startedAt.getTime() + (month + 1) * 60_000) };
    const failed = month === 5 ? ({ verdict: "failed", clockStoppedAt: null } as const) : {};
    monthly.push(await insertDrill(db, shop, { startedAt, ...clock, ...failed }));
  }
  await insertDrill(db, shop, { startedAt: new Date("2025-12-31T23:59:59.999Z") });
  aborted = await insertDrill(db, blog, { startedAt: new Date("2026-03-01T00:00:00.000Z"), state: "aborted", verdict: null });
  open = await insertDrill(db, blog, {
    startedAt: new Date("2026-11-20T00:00:00.000Z"),
    state: "validating",
    verdict: null,
    closedAt: null,
    clockStoppedAt: null,
  });
  await insertDrillCheck(db, monthly[0] ?? "", { key: "orders", ordinal: 0, name: "Orders" });
  await insertDrillCheck(db, monthly[0] ?? "", { key: "gone", ordinal: 1 });
  await insertDrillCheck(db, monthly[1] ?? "", { key: "new", ordinal: 0, state: "failed" });
  await insertDrillCheck(db, monthly[1] ?? "", { key: "orders", ordinal: 1, name: "Orders, renamed" });
});
afterAll(() => home.drop());

const list = (query: Record<string, unknown>) =>
  listDrills(context, { params: {}, query: listContract.query.parse(query), body: {}, ifMatch: null });

describe("the list of drills", () => {
  it("goes newest first through all pages, each drill once", async () => {
    const seen: string[] = [];
    let after: string | null | undefined;
    do {
      const page = await list({ limit: 4, ...(after === undefined ? {} : { after }) });
      expect(page.total).toBe(14);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(14);
    expect(new Set(seen).size).toBe(14);
    expect(seen.slice(0, 2)).toEqual([open, monthly[10]]);
  });

  it("is narrowed by source, state, verdict and time", async () => {
    const ids = async (query: Record<string, unknown>) => (await list(query)).items.map(({ id }) => id);
    expect(await ids({ state: "open" })).toEqual([open]);
    expect(await ids({ state: "aborted" })).toEqual([aborted]);
    expect(await ids({ state: "closed", source: blog })).toEqual([]);
    expect(await ids({ verdict: "failed" })).toEqual([monthly[5]]);
    expect(await ids({ source: shop, from: "2026-02-01T00:00:00.000Z", to: "2026-03-31T00:00:00.000Z" })).toEqual([monthly[2], monthly[1]]);
  });

  it("counts checks and measures recovery to the moment when the clock stopped", async () => {
    const { items } = await list({ source: shop, to: "2026-02-28T00:00:00.000Z", from: "2026-01-01T00:00:00.000Z" });
    expect(
      items.map(({ checksPassed, checksFailed, checksTotal, recoveryMs }) => [checksPassed, checksFailed, checksTotal, recoveryMs]),
    ).toEqual([
      [1, 1, 2, 120_000],
      [2, 0, 2, 60_000],
    ]);
  });

  it("is a file for those who may read it, without formulas", async () => {
    const { GET } = (await import("../../../../app/api/v1/drills/export/route.ts")) as { GET: Handler };
    const ask = (query: string) =>
      GET(new Request(`http://127.0.0.1:3210/api/v1/drills/export${query}`, { headers: { cookie: viewer.cookie } }), {
        params: Promise.resolve({}),
      });
    const csv = await ask("?state=open");
    expect(csv.headers.get("content-disposition")).toMatch(/filename="lifeboat-drills_\d{8}T\d{6}Z\.csv"/);
    expect(await csv.text()).toMatch(new RegExp(`^id,source_id,.*\r\n${open},${blog},'=blog,`));
    const rows = (await (await ask(`?format=json&source=${shop}`)).json()) as { id: string }[];
    expect(rows.map(({ id }) => id).slice(0, 11)).toEqual(monthly.toReversed());
  });
});

describe("the history of drills", () => {
  it("shows a year by source, and nothing of the years beside it", async () => {
    const { items } = await drillCalendar(context, { params: {}, query: { year: 2026, limit: 50 }, body: {}, ifMatch: null });
    expect(items.map(({ sourceName, drills }) => [sourceName, drills.length])).toEqual([
      ["=blog", 2],
      ["shop", 11],
    ]);
    expect(items[1]?.drills[5]).toMatchObject({ id: monthly[5], verdict: "failed", at: "2026-06-15T10:00:00.000Z" });
    const before = await drillCalendar(context, { params: {}, query: { year: 2025, limit: 50 }, body: {}, ifMatch: null });
    expect(before.items.map(({ drills }) => drills.length)).toEqual([0, 1]);
  });

  it("measures the newest closed drills, oldest first, and the share of all that passed", async () => {
    const trend = await drillTrend(context, { params: {}, query: { source: shop, limit: 3 }, body: {}, ifMatch: null });
    expect(trend.points.map(({ drillId, recoveryMs }) => [drillId, recoveryMs])).toEqual([
      [monthly[8], 9 * 60_000],
      [monthly[9], 10 * 60_000],
      [monthly[10], 11 * 60_000],
    ]);
    expect(trend).toMatchObject({ closed: 12, passed: 11 });
    const all = await drillTrend(context, { params: {}, query: { limit: 60 }, body: {}, ifMatch: null });
    expect(all.points).toHaveLength(12);
    expect(all.points.find(({ drillId }) => drillId === monthly[5])).toMatchObject({ verdict: "failed", recoveryMs: null });
  });

  it("puts two drills beside each other, checks by their keys", async () => {
    const [left = "", right = ""] = monthly;
    const compared = await compareDrills(context, { params: {}, query: { left, right }, body: {}, ifMatch: null });
    expect(compared.left.drill.id).toBe(left);
    expect(compared.right.clock.elapsedMs).toBe(120_000);
    expect(compared.checks.map((check) => [check.key, check.left?.state ?? null, check.right?.state ?? null])).toEqual([
      ["orders", "passed", "passed"],
      ["gone", "passed", null],
      ["new", null, "failed"],
    ]);
    const missing = compareDrills(context, { params: {}, query: { left, right: `drl_${"0".repeat(32)}` }, body: {}, ifMatch: null });
    await expect(missing).rejects.toMatchObject({ code: "not-found" });
  });
});
