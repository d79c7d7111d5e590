import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoint } from "#lib/contracts/endpoint";
import { endpoints } from "#lib/contracts/endpoints";
import { imports } from "#lib/db/schema/imports";
import { restores } from "#lib/db/schema/restores";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { createGate } from "#lib/contracts/gates";
import { openIncident } from "#lib/contracts/incidents";
import { createChannel } from "#lib/contracts/notifications";
import { isAllowed, type Role } from "#lib/domain/permissions";
import { ensurePlans } from "#lib/services/drill-plans/ensure";
import { createGate as createGateVerb } from "#lib/services/gates/start";
import { openIncident as openIncidentVerb } from "#lib/services/incidents/open";
import { createChannel as createChannelVerb } from "#lib/services/notifications/create-channel";
import { writeReport } from "#lib/services/reports/write";
import { setStatusLink } from "#lib/services/status/set-link";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, insertWorker, newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { closingOf, insertDrill } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { addSchedule } from "#lib/testing/schedule-rows";
import { bearerToken, signedInPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import type { Handler } from "./route.ts";
import { setRuntime } from "./runtime.ts";

/** What is not answered from the catalogue: a file, and what a worker asks a server. */
const elsewhere = new Set(["downloadBackup", "listServerDatabases", "listImportFolder", "listSourceTables"]);
const questions = endpoints.filter(({ method, id }) => method === "GET" && !elsewhere.has(id));

const nothing = { params: {}, query: {}, ifMatch: null } as const;
let home: TestCatalogue;
let runtime: TestRuntime;
const cookies = new Map<Role, string>();
const ids: Record<string, string> = {};
let secrets: string[];

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  const { db } = home.catalogue;
  const sealed = (name: string) => runtime.keyring.seal("canary-pa55word", name);
  ids["servers"] = await insertServer(db, { passwordSealed: sealed("a"), restoreUsername: "r", restorePasswordSealed: sealed("b") });
  ids["sources"] = await insertSource(db, ids["servers"]);
  const at = { sourceId: ids["sources"], destinationId: await insertDestination(db) };
  ids["chains"] = newId("chain");
  ids["backups"] = await insertBackup(db, at, { chainId: ids["chains"] });
  ids["runs"] = await insertRun(db, { input: { passwordSealed: sealed("c") } });
  await insertWorker(db);
  ids["imports"] = newId("import");
  const now = new Date();
  await db.insert(imports).values({
    id: ids["imports"],
    origin: "upload",
    state: "uploading",
    fileName: "a.dump",
    bytes: 1,
    createdByType: "system",
    createdByName: "test",
    createdAt: now,
    touchedAt: now,
  });
  ids["restores"] = newId("restore");
  await db.insert(restores).values({
    id: ids["restores"],
    runId: ids["runs"],
    backupId: ids["backups"],
    serverId: ids["servers"],
    database: "copy",
    content: "all",
    tables: [],
    owners: "keep",
    jobs: 2,
    createdAt: new Date(),
  });
  for (const role of ["admin", "viewer"] as const) {
    const person = await signedInPerson(runtime, role);
    cookies.set(role, person.cookie);
    ids["users"] = person.userId;
  }
  const context = testContext(home.catalogue, { keyring: runtime.keyring });
  ids["drills"] = await insertDrill(db, ids["sources"], { sealedAccess: sealed("d") });
  const closing = closingOf(ids["drills"]);
  await db.transaction((tx) => writeReport(tx, context, closing));
  await ensurePlans(db, context);
  const opened = { ...nothing, body: openIncident.body.parse({ title: "Canary", severity: "low" }) };
  ids["incidents"] = (await openIncidentVerb(context, opened)).id;
  const body = createChannel.body.parse({
    name: "Canary",
    config: { type: "webhook" },
    secret: { url: "https://hooks.example.org/canary-channel-url" },
  });
  ids["channels"] = (await createChannelVerb(context, { ...nothing, body })).id;
  const asked = createGate.body.parse({ sourceId: ids["sources"], commit: "c0ffee" });
  ids["gates"] = (await createGateVerb(context, { ...nothing, body: asked })).id;
  ids["schedules"] = await addSchedule(db, ids["sources"], now);
  const [policy] = await db.select({ id: retentionPolicies.id }).from(retentionPolicies).limit(1);
  ids["policies"] = policy?.id ?? "";
  await setStatusLink(context, { ...nothing, params: { id: ids["sources"] }, body: { on: true } });
  await bearerToken(runtime, "admin", { createdBy: ids["users"] ?? "" });
  await db.execute(sql`update lifeboat.users set password_hash = 'argon2id$canary-hash-' || id`);
  await db.execute(sql`
    insert into lifeboat.one_time_links (token_hash, user_id, purpose, created_at, expires_at)
    select 'canary-link-' || id, id, 'reset', now(), now() + interval '1 day' from lifeboat.users`);
  const kept = await db.execute<{ value: string }>(sql`
    select password_hash as value from lifeboat.users
    union all select token_hash from lifeboat.api_tokens
    union all select token_hash from lifeboat.one_time_links
    union all select password_sealed from lifeboat.servers
    union all select restore_password_sealed from lifeboat.servers
    union all select sealed_access from lifeboat.drills
    union all select sealed_private_key from lifeboat.signing_keys
    union all select secret_sealed from lifeboat.channels
    union all select status_key_hash from lifeboat.sources
    union all select input ->> 'passwordSealed' from lifeboat.runs where input ? 'passwordSealed'`);
  secrets = [...kept.map(({ value }) => value), "canary-pa55word", "canary-channel-url"];
});
afterAll(() => home.drop());

async function ask(endpoint: Endpoint, cookie: string): Promise<{ status: number; text: string }> {
  const path = join(process.cwd(), "app", "api", "v1", endpoint.path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
  const { GET } = (await import(/* @vite-ignore */ path)) as { GET: Handler };
  const id = ids[endpoint.path.split("/")[1] ?? ""];
  const url = new URL(`http://127.0.0.1:3210/api/v1${endpoint.path.replace("{id}", id ?? "")}`);
  if (endpoint.id === "searchEverything") url.searchParams.set("q", "canary");
  if (endpoint.id === "getCalendar") url.search = "?from=2026-11-01T00:00:00.000Z&to=2026-12-01T00:00:00.000Z";
  if (endpoint.id === "drillCalendar") url.searchParams.set("year", "2026");
  if (endpoint.id === "compareDrills") for (const side of ["left", "right"]) url.searchParams.set(side, ids["drills"] ?? "");
  if (endpoint.id === "listRestorePoints") url.searchParams.set("source", ids["sources"] ?? "");
  const response = await GET(new Request(url, { headers: { cookie } }), { params: Promise.resolve({ id }) });
  return { status: response.status, text: await response.text() };
}

describe("no answer holds a stored secret", () => {
  it("whose rows are there to be found", () => {
    expect(secrets.length).toBeGreaterThanOrEqual(11);
    expect(secrets.every((secret) => typeof secret === "string" && secret.length > 10)).toBe(true);
  });

  it.each(questions.map((endpoint) => [endpoint.id, endpoint] as const))("%s", async (_id, endpoint) => {
    const { permission } = endpoint;
    for (const role of ["admin", "viewer"] as const) {
      const { status, text } = await ask(endpoint, cookies.get(role) ?? "");
      const mayAsk = permission === "public" || isAllowed(role, null, permission);
      expect(status).toBe(mayAsk ? 200 : 403);
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }
  });
});
