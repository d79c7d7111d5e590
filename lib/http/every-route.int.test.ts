import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadBackup } from "#lib/contracts/backups";
import type { Endpoint } from "#lib/contracts/endpoint";
import { endpoints } from "#lib/contracts/endpoints";
import { idPrefixes } from "#lib/domain/ids";
import { isAllowed } from "#lib/domain/permissions";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, testRuntime } from "#lib/testing/web-runtime";
import { entityOfSegment } from "./parse-request.ts";
import { admit, type Handler } from "./route.ts";
import { type Runtime, setRuntime } from "./runtime.ts";

/** Downloads, parts of uploads and questions of freshness are served by the server around Next; lib/web tests them. */
const routed = endpoints.filter(({ id }) => !["downloadBackup", "uploadPart", "backUpIfStale"].includes(id));
const mutations = routed.filter(({ method }) => method !== "GET");
const guarded = routed.filter(({ permission }) => permission !== "public");
const byId = (list: readonly Endpoint[]) => list.map((endpoint) => [endpoint.id, endpoint] as const);

let home: TestCatalogue;
let runtime: Runtime;
let viewerCookie: string;
let adminCookie: string;
let viewerToken: string;

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  viewerCookie = (await signedInPerson(runtime, "viewer")).cookie;
  adminCookie = (await signedInPerson(runtime, "admin")).cookie;
  viewerToken = await bearerToken(runtime, "viewer");
});
afterAll(() => home.drop());

function routeFile({ path }: Endpoint): string {
  return join(process.cwd(), "app", "api", "v1", path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
}

async function ask(endpoint: Endpoint, headers: Record<string, string>): Promise<{ status: number; code: string | null }> {
  const exported = (await import(/* @vite-ignore */ routeFile(endpoint))) as Record<string, Handler>;
  const handler = exported[endpoint.method];
  if (handler === undefined) throw new Error(`${endpoint.method} is not exported`);
  const entity = entityOfSegment[endpoint.path.split("/")[1] ?? ""];
  const params = endpoint.path.includes("{id}") && entity !== undefined ? { id: `${idPrefixes[entity]}_${"0".repeat(32)}` } : {};
  const isMutation = endpoint.method !== "GET";
  const request = new Request(`http://127.0.0.1:3210/api/v1${endpoint.path}`, {
    method: endpoint.method,
    headers: { "content-type": "application/json", ...headers },
    body: isMutation ? "{}" : null,
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const body = (await response.json().catch(() => null)) as { code?: string } | null;
  return { status: response.status, code: body?.code ?? null };
}

const sameOrigin = { origin: "http://127.0.0.1:3210", "sec-fetch-site": "same-origin" };

describe("every endpoint", () => {
  it.each(byId(routed))("has its route: %s", (_id, endpoint) => {
    expect(existsSync(routeFile(endpoint))).toBe(true);
  });

  it.each(byId(guarded))("answers nobody with 401: %s", async (_id, endpoint) => {
    expect(await ask(endpoint, {})).toEqual({ status: 401, code: "not-signed-in" });
    // What a middleware in front would be fooled by changes nothing here.
    expect(await ask(endpoint, { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy", ...sameOrigin })).toMatchObject({
      status: 401,
    });
  });

  it.each(byId(mutations))("is closed to other sites: %s", async (_id, endpoint) => {
    const cross = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await ask(endpoint, { ...cross, cookie: adminCookie })).toEqual({ status: 403, code: "cross-site" });
    expect(await ask(endpoint, { ...cross, authorization: `Bearer ${viewerToken}` })).toEqual({ status: 403, code: "cross-site" });
    expect(await ask(endpoint, { cookie: adminCookie })).toEqual({ status: 403, code: "cross-site" });
  });

  const refused = guarded.filter(({ permission }) => permission !== "public" && !isAllowed("viewer", null, permission));

  it("lets viewers change nothing but their own profile, and start no work but looking", () => {
    const open = guarded.filter((endpoint) => endpoint.method !== "GET" && !refused.includes(endpoint));
    expect(open.map(({ id }) => id).sort()).toEqual([
      "changeMyPassword",
      "checkReportFile",
      "endMyOtherSessions",
      "endMySession",
      "getBackupRoleSql",
      "previewRestore",
      "previewSchedule",
      "simulateRetention",
      "updateMe",
    ]);
  });

  it.each(byId(refused))("answers a viewer with 403: %s", async (_id, endpoint) => {
    expect(await ask(endpoint, { ...sameOrigin, cookie: viewerCookie })).toEqual({ status: 403, code: "not-allowed" });
    expect(await ask(endpoint, { authorization: `Bearer ${viewerToken}` })).toEqual({ status: 403, code: "not-allowed" });
  });

  it("lets a viewer download nothing: the server around Next asks the same way", async () => {
    const callers: Record<string, string>[] = [{ cookie: viewerCookie }, { authorization: `Bearer ${viewerToken}` }];
    for (const headers of callers) {
      await expect(admit(downloadBackup, new Headers(headers), runtime)).rejects.toMatchObject({
        code: "not-allowed",
        params: { permission: "backups:download" },
      });
    }
  });

  it("exports no GET that changes something", () => {
    const suspicious = routed.filter(({ method, id }) => method === "GET" && !/^(get|list|search|compare|drill(Calendar|Trend)$)/.test(id));
    // Writes down that it was asked for, like a download.
    const recorded = ["exportAuditEvents", "exportBackups", "exportDrills", "exportRestores", "exportRuns", "exportSources"];
    expect(suspicious.map(({ id }) => id).sort()).toEqual(["downloadDrillReport", ...recorded]);
  });
});
