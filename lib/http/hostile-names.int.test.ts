import { eq } from "drizzle-orm";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoints } from "#lib/contracts/endpoints";
import { servers } from "#lib/db/schema/servers";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, testRuntime } from "#lib/testing/web-runtime";
import type { Handler } from "./route.ts";
import { setRuntime } from "./runtime.ts";

// FAULTS.md lines 25, 28, 31: whatever a name holds, it is data on its way through the API.
const hostile = [
  "-Fp",
  "--help",
  "dbname=postgres user=postgres",
  "postgresql://evil/x",
  `'"\`; drop table x; --`,
  "$(id)`id`",
  "../../etc/passwd",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "😀 Ñandú 表",
  "ü".repeat(31),
  "%2e%2e%2f%00",
  "__proto__",
  "constructor",
];
let home: TestCatalogue;
let cookie: string;
let destinationId: string;

beforeAll(async () => {
  home = await createCatalogue();
  const runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  cookie = (await signedInPerson(runtime, "admin")).cookie;
  destinationId = await insertDestination(home.catalogue.db);
});
afterAll(() => home.drop());

async function call(id: string, params: Record<string, string>, options: { query?: string; body?: unknown } = {}) {
  const endpoint = endpoints.find((each) => each.id === id);
  if (endpoint === undefined) throw new Error(`no endpoint ${id}`);
  const file = join(process.cwd(), "app", "api", "v1", endpoint.path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
  const handler = ((await import(/* @vite-ignore */ file)) as Record<string, Handler>)[endpoint.method];
  const headers = { cookie, "content-type": "application/json", origin: "http://127.0.0.1:3210", "sec-fetch-site": "same-origin" };
  const init = { method: endpoint.method, headers, body: options.body === undefined ? null : JSON.stringify(options.body) };
  const request = new Request(`http://127.0.0.1:3210/api/v1${endpoint.path}${options.query ?? ""}`, init);
  const response = await handler?.(request, { params: Promise.resolve(params) });
  if (response === undefined) throw new Error(`no handler for ${id}`);
  // A browser must take none of it for a page, and no name gets into a header.
  expect(response.headers.get("content-type")).toMatch(/^application\/(problem\+)?json/);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect([...response.headers.values()].join("\n")).not.toContain("alert(1)");
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("a hostile name of server, source, database, note and label", () => {
  it.each(hostile)("comes back from the API as it is: %j", async (name) => {
    const { db } = home.catalogue;
    const serverId = await insertServer(db, { name: `${name} server`, notes: name });
    const sourceId = await insertSource(db, serverId, { name: `${name} source`, database: name, notes: name });
    const backupId = await insertBackup(db, { sourceId, destinationId }, { database: name, note: name, label: name, reason: name });
    const runId = await insertRun(db, { sourceId, backupId, serverId, reason: name, note: name, warnings: [name] });
    expect((await call("getServer", { id: serverId })).body).toMatchObject({ name: `${name} server`, notes: name });
    expect((await call("getSource", { id: sourceId })).body).toMatchObject({ name: `${name} source`, database: name });
    expect((await call("getBackup", { id: backupId })).body).toMatchObject({ database: name, note: name, label: name });
    expect((await call("getRun", { id: runId })).body).toMatchObject({ note: name, warnings: [name] });
    for (const list of ["listServers", "listSources", "listBackups", "listRuns", "getOverview"]) {
      expect((await call(list, {})).status).toBe(200);
    }
    expect((await call("searchEverything", {}, { query: `?q=${encodeURIComponent(name)}` })).status).toBe(200);
  });

  it.each(hostile)("is taken by a new server, or refused in words: %j", async (name) => {
    const { db } = home.catalogue;
    const connection = {
      host: "db.example.org",
      port: 5432,
      tlsMode: "prefer",
      username: name,
      password: "x",
      maintenanceDatabase: "postgres",
    };
    const { status, body } = await call("createServer", {}, { body: { name: `${name} new`, notes: name, ...connection } });
    expect(status).toBeOneOf([201, 400]);
    const stored = await db
      .select()
      .from(servers)
      .where(eq(servers.name, `${name} new`));
    expect(stored.length).toBe(status === 201 ? 1 : 0);
    expect(status === 201 ? body["name"] : body["code"]).toBe(status === 201 ? `${name} new` : "invalid-input");
  });
});
