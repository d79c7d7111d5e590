import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { sessions } from "#lib/db/schema/sessions";
import { listAuditEvents as listContract } from "#lib/contracts/audit";
import type { Handler } from "#lib/http/route";
import { setRuntime } from "#lib/http/runtime";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, type TestPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { listAuditEvents } from "./list.ts";
import { recordAudit } from "./record.ts";

let home: TestCatalogue;
let runtime: TestRuntime;
let viewer: TestPerson;
let context: TestContext;
let handler: Handler;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  ({ GET: handler } = await import("../../../app/api/v1/audit-events.csv/route.ts"));
  // More than two pages, of which one in a hundred has another action.
  await home.catalogue.db.execute(sql`
    insert into lifeboat.audit_events (id, at, actor_type, actor_name, action, target_type, target_id, target_name)
    select 'aud_' || lpad(n::text, 32, '0'), timestamptz '2026-01-01' + n * interval '1 minute', 'system', 'Lifeboat',
           case when n % 100 = 0 then 'backup.delete' else 'backup.start' end, 'backup', 'many', 'shop'
      from generate_series(1, 2500) n`);
});
afterAll(() => home.drop());
beforeEach(async () => {
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  viewer = await signedInPerson(runtime, "viewer");
});

function ask(query = "", headers: Record<string, string> = { cookie: viewer.cookie }): Promise<Response> {
  const request = new Request(`http://127.0.0.1:3210/api/v1/audit-events.csv${query}`, { headers });
  return handler(request, { params: Promise.resolve({}) });
}

const firstFields = (csv: string) =>
  csv
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(",", 1)[0]);

describe("the export of the audit log", () => {
  it("is a file with a header row and a name of its time, open to whoever may read the log and to nobody else", async () => {
    const response = await ask("?target=many&action=backup.delete");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="lifeboat-audit_\d{8}T\d{6}Z\.csv"; /);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const [header, first = ""] = (await response.text()).split("\r\n");
    expect(header).toBe("id,at,actor_type,actor_id,actor_name,action,target_type,target_id,target_name,address,request_id,before,after");
    expect(first).toBe(`aud_${"2500".padStart(32, "0")},2026-01-02T17:40:00.000Z,system,,Lifeboat,backup.delete,backup,many,shop,,,,`);
    expect((await ask("", {})).status).toBe(401);
    expect((await ask("?from=yesterday")).status).toBe(400);
  });

  it("holds every row once, in the list's order, over many pages", async () => {
    const ids = firstFields(await (await ask("?target=many")).text());
    expect(ids).toHaveLength(2500);
    expect(ids).toEqual([...new Set(ids)].sort((left = "", right = "") => (left < right ? 1 : -1)));
  });

  it.each([
    "target=many&action=backup.delete",
    "target=backup&action=backup&from=2026-01-01T10:00:00.000Z&to=2026-01-01T12:00:00.000Z",
    "q=SHOP&actor=Lifeboat&action=backup.delete",
    "target=none",
  ])("means what the list means by %s", async (query) => {
    const parsed = listContract.query.parse({ ...Object.fromEntries(new URLSearchParams(query)), limit: 200 }) as { limit: number };
    const listed = await listAuditEvents(context, { params: {}, query: parsed, body: {}, ifMatch: null });
    expect(listed.next).toBeNull();
    expect(firstFields(await (await ask(`?${query}`)).text())).toEqual(listed.items.map(({ id }) => id));
  });

  it("quotes what people typed, makes no formula of it, and writes changes as JSON", async () => {
    const typed = { targetType: "typed", targetId: "t", targetName: '=HYPERLINK("http://evil.example";"a, b")' };
    const change = { before: { note: "old" }, after: { note: 'say "hi"\nñ' } };
    await recordAudit(home.catalogue.db, context, { action: "test.typed", ...typed, ...change });
    const csv = await (await ask("?target=typed")).text();
    expect(csv).toContain(`,"'=HYPERLINK(""http://evil.example"";""a, b"")",`);
    expect(csv).toContain(`"{""note"":""old""}","{""note"":""say \\""hi\\""\\nñ""}"\r\n`);
  });

  it("is recorded itself, with its filters", async () => {
    await (await ask("?target=none&q=needle")).text();
    const { items } = await listAuditEvents(context, {
      params: {},
      query: { limit: 1, action: "audit.export" },
      body: {},
      ifMatch: null,
    });
    expect(items[0]).toMatchObject({ actor: { id: viewer.userId }, after: { filter: { target: "none", q: "needle" } } });
  });

  it("reads no further than the client takes, and ends when it leaves", async () => {
    const reader = (await ask("?target=many")).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(runtime.logged.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("breaks off, visibly, when the session ends half-way or the process stops", async () => {
    for (const end of [() => home.catalogue.db.update(sessions).set({ endedAt: new Date() }), () => Promise.resolve(runtime.stop())]) {
      viewer = await signedInPerson(runtime, "viewer");
      const reader = (await ask("?target=many")).body?.getReader();
      await reader?.read();
      await end();
      const rest = async () => {
        while ((await reader?.read())?.done === false);
      };
      await expect(rest()).rejects.toThrow(/may no longer read|aborted/);
    }
  });
});

it("the log's filters by id, act and time are answered by an index", async () => {
  const { db } = home.catalogue;
  await db.execute(sql`analyze ${auditEvents}`);
  const plan = async (where: ReturnType<typeof sql>) => {
    const rows = await db.execute<{ "QUERY PLAN": string }>(
      sql`explain select id from ${auditEvents} where ${where} order by at desc, id desc limit 51`,
    );
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  };
  const person = `usr_${"0".repeat(32)}`;
  for (const where of [
    sql`true`,
    sql`actor_id = ${person}`,
    sql`target_id = ${person}`,
    sql`action = 'test.typed'`,
    sql`at > '2026-01-02'`,
  ]) {
    expect(await plan(where)).toMatch(/Index/);
  }
});
