import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoints } from "#lib/contracts/endpoints";
import { writeReport } from "#lib/services/reports/write";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { closingOf, insertDrill } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, testRuntime } from "#lib/testing/web-runtime";
import type { Handler } from "./route.ts";
import { setRuntime } from "./runtime.ts";

// FAULTS.md line 29: a GET has no side effects. Every one is called with ids that exist, and the whole catalogue is compared.
const reads = endpoints.filter(({ method, id }) => method === "GET" && id !== "downloadBackup");
/** What some of them write about having been asked: the probe that asks a server, the record of an export. Nothing else. */
const records: Record<string, readonly string[]> = {
  listServerDatabases: ["lifeboat.runs", "lifeboat.run_steps"],
  listImportFolder: ["lifeboat.runs", "lifeboat.run_steps"],
  exportAuditEvents: ["lifeboat.audit_events"],
  exportSources: ["lifeboat.audit_events"],
  exportBackups: ["lifeboat.audit_events"],
  exportRuns: ["lifeboat.audit_events"],
  exportRestores: ["lifeboat.audit_events"],
  exportDrills: ["lifeboat.audit_events"],
  downloadDrillReport: ["lifeboat.audit_events"],
};
let home: TestCatalogue;
let cookie: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  home = await createCatalogue();
  const runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  // A session notes once a minute that it was used, whatever it asked: all of this may take longer.
  const person = await signedInPerson(runtime, "admin", { lastSeenAt: new Date(Date.now() + 3_600_000) });
  cookie = person.cookie;
  const { db } = home.catalogue;
  ids["users"] = person.userId;
  ids["servers"] = await insertServer(db);
  ids["sources"] = await insertSource(db, ids["servers"]);
  ids["backups"] = await insertBackup(db, { sourceId: ids["sources"], destinationId: await insertDestination(db) });
  ids["drills"] = await insertDrill(db, ids["sources"]);
  const closing = closingOf(ids["drills"]);
  await db.transaction((tx) => writeReport(tx, testContext(home.catalogue, { keyring: runtime.keyring }), closing));
  ids["runs"] = await insertRun(db, { sourceId: ids["sources"], backupId: ids["backups"] });
});
afterAll(() => home.drop());

/** What some addresses must be asked with. */
const queries = (): Record<string, string> => ({
  "/search": "?q=a",
  "/restore-points": `?source=${ids["sources"]}`,
  "/drills/calendar": "?year=2026",
  "/calendar": "?from=2026-11-01T00:00:00.000Z&to=2026-12-01T00:00:00.000Z",
  "/drills/compare": `?left=${ids["drills"]}&right=${ids["drills"]}`,
});

/** A digest of every table's rows. */
async function digests(): Promise<Record<string, string>> {
  const { sql } = home.catalogue;
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('lifeboat', 'pgboss', 'drizzle')`;
  expect(tables.length).toBeGreaterThan(20);
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await sql.unsafe<{ digest: string }[]>(
      `select md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as digest from ${name} t`,
    );
    found[name] = row?.digest ?? "";
  }
  return found;
}

describe("a GET changes no row of the catalogue", () => {
  it.each(reads.map((endpoint) => [endpoint.id, endpoint] as const))("%s", async (id, endpoint) => {
    // The run's log ends its stream with the run, and this one has ended.
    const file = join(process.cwd(), "app", "api", "v1", endpoint.path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
    const { GET } = (await import(/* @vite-ignore */ file)) as { GET: Handler };
    const known = ids[endpoint.path.split("/")[1] ?? ""];
    const params = endpoint.path.includes("{id}") ? { id: known ?? `rst_${"0".repeat(32)}` } : {};
    const query = queries()[endpoint.path] ?? "";
    const before = await digests();
    const response = await GET(new Request(`http://127.0.0.1:3210/api/v1${endpoint.path}${query}`, { headers: { cookie } }), {
      params: Promise.resolve(params),
    });
    await response.text();
    expect({ id, status: response.status }).toEqual({ id, status: expect.toBeOneOf([200, 404, 422, 503]) as number });
    const after = await digests();
    const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
    expect(changed.sort()).toEqual([...(records[id] ?? [])].sort());
  });

  it("is really asked: most of them answer with what they know", async () => {
    expect(reads.length).toBeGreaterThan(20);
    const { GET } = (await import("../../app/api/v1/backups/[id]/route.ts")) as unknown as { GET: Handler };
    const request = new Request("http://127.0.0.1:3210/api/v1/backups/x", { headers: { cookie } });
    expect((await GET(request, { params: Promise.resolve({ id: ids["backups"] ?? "" }) })).status).toBe(200);
  });
});
