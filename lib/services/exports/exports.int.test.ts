import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAuditEvents } from "#lib/services/audit/list";
import { backup, listBackups as backupList } from "#lib/contracts/backups";
import type { Handler } from "#lib/http/route";
import { setRuntime } from "#lib/http/runtime";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, type TestPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { listBackups } from "../backups/list.ts";

type List = "sources" | "backups" | "runs" | "restores";
const lists = ["sources", "backups", "runs", "restores"] as const satisfies readonly List[];
/** More than two pages of an export. */
const runCount = 2300;

let home: TestCatalogue;
let runtime: TestRuntime;
let viewer: TestPerson;
let context: TestContext;
let handlers: Record<List, Handler>;
let shop: string;
let pinned: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  viewer = await signedInPerson(runtime, "viewer");
  const routes = await Promise.all([
    import("../../../app/api/v1/sources/export/route.ts"),
    import("../../../app/api/v1/backups/export/route.ts"),
    import("../../../app/api/v1/runs/export/route.ts"),
    import("../../../app/api/v1/restores/export/route.ts"),
  ]);
  handlers = { sources: routes[0].GET, backups: routes[1].GET, runs: routes[2].GET, restores: routes[3].GET };
  const { db } = home.catalogue;
  const serverId = await insertServer(db, { name: 'Main, "the" server' });
  shop = await insertSource(db, serverId, { name: "=shop", environment: "production", notes: "line one\nline two" });
  const other = await insertSource(db, serverId, { name: "other" });
  const destinationId = await insertDestination(db);
  pinned = await insertBackup(db, { sourceId: shop, destinationId }, { pinned: true, streamBytes: 3000, label: "ñandú" });
  await insertBackup(db, { sourceId: shop, destinationId }, { streamBytes: 1000 });
  await insertBackup(db, { sourceId: other, destinationId }, { streamBytes: 2000 });
  await insertRun(db, { sourceId: shop, type: "verify", state: "failed", reason: "+1" });
  await db.execute(sql`
    insert into lifeboat.runs (id, type, state, subject, trigger, progress, queued_at, created_by_type, created_by_name)
    select 'run_' || lpad(n::text, 32, '0'), 'backup', 'succeeded', n::text, 'manual',
           (select progress from lifeboat.runs limit 1), timestamptz '2026-01-01' + n * interval '1 minute', 'system', 'Lifeboat'
      from generate_series(1, ${runCount}::int) n`);
});
afterAll(() => home.drop());

function ask(list: List, query = "", headers: Record<string, string> = { cookie: viewer.cookie }): Promise<Response> {
  const request = new Request(`http://127.0.0.1:3210/api/v1/${list}/export${query}`, { headers });
  return handlers[list](request, { params: Promise.resolve({}) });
}

const json = async (list: List, query = "") => (await (await ask(list, `?format=json&${query}`)).json()) as { id: string }[];
const ids = (csv: string) =>
  csv
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(",", 1)[0]);

describe("the exports of lists", () => {
  it.each(lists)("are files named after the list and the time, in both formats: %s", async (list) => {
    const csv = await ask(list);
    expect(csv.status).toBe(200);
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(csv.headers.get("content-disposition")).toMatch(
      new RegExp(
        `^attachment; filename="lifeboat-${list}_\\d{8}T\\d{6}Z\\.csv"; filename\\*=UTF-8''lifeboat-${list}_\\d{8}T\\d{6}Z\\.csv$`,
      ),
    );
    expect(await csv.text()).toMatch(/^id,/);
    const answer = await ask(list, "?format=json");
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toContain(".json");
    expect(await answer.json()).toBeInstanceOf(Array);
  });

  it.each(lists)("are open to whoever may read the list, and to nobody else: %s", async (list) => {
    const bearer = async (scopes: "audit:read"[]) => ({ authorization: `Bearer ${await bearerToken(runtime, "admin", { scopes })}` });
    expect((await ask(list, "", {})).status).toBe(401);
    expect((await ask(list, "", await bearer(["audit:read"]))).status).toBe(403);
    expect((await ask(list, "?format=xml")).status).toBe(400);
  });

  it("hold every row once, in the list's order, over many pages", async () => {
    const found = ids(await (await ask("runs", "?type=backup")).text());
    expect(found).toHaveLength(runCount);
    expect(found).toEqual([...new Set(found)].sort((left = "", right = "") => (left < right ? 1 : -1)));
    expect((await json("runs", "type=backup")).map(({ id }) => id)).toEqual(found);
  });

  it("mean what the list means by its filters and its order", async () => {
    expect((await json("backups", "pinned=true")).map(({ id }) => id)).toEqual([pinned]);
    expect((await json("backups", `source=${shop}&sort=-streamBytes`))[0]?.id).toBe(pinned);
    expect(await json("backups", `source=${shop}`)).toHaveLength(2);
    expect((await json("sources", "environment=production")).map(({ id }) => id)).toEqual([shop]);
    expect(await json("sources", "q=nothing+like+it")).toEqual([]);
    expect(await json("runs", "state=failed")).toHaveLength(1);
    expect(await json("restores", `source=${shop}`)).toEqual([]);
  });

  it("say in JSON what the list answers with, and nothing else", async () => {
    const query = backupList.query.parse({});
    const listed = await listBackups(context, { params: {}, query, body: {}, ifMatch: null });
    expect(await json("backups")).toEqual(listed.items.map((item) => backup.parse(item)));
  });

  it("make no formula of what people typed", async () => {
    expect(await (await ask("sources", "?environment=production")).text()).toContain(`,'=shop,postgres,"Main, ""the"" server",`);
    expect(await (await ask("runs", "?state=failed")).text()).toContain(",'+1,");
  });

  it("are recorded, with format and filters", async () => {
    for (const list of lists) {
      await (await ask(list, "?format=json")).text();
      const { items } = await listAuditEvents(context, { params: {}, query: { limit: 1 }, body: {}, ifMatch: null });
      expect(items[0]).toMatchObject({ action: `${list.slice(0, -1)}.export`, actor: { id: viewer.userId }, after: { format: "json" } });
    }
    await (await ask("backups", "?pinned=true")).text();
    const { items } = await listAuditEvents(context, { params: {}, query: { limit: 1 }, body: {}, ifMatch: null });
    expect(items[0]?.after).toMatchObject({ format: "csv", filter: { pinned: true } });
  });

  it("read no further than the client takes, and end when it leaves", async () => {
    const reader = (await ask("runs")).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(runtime.logged.filter(({ level }) => level === "error")).toEqual([]);
  });
});
