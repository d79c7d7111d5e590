import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { idOf, text } from "#lib/contracts/common";
import { defineEndpoint } from "#lib/contracts/endpoint";
import { openCatalogue } from "#lib/db/client";
import { LifeboatError } from "#lib/domain/error";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { route, type Verb } from "./route.ts";
import { setRuntime } from "./runtime.ts";

const row = z.object({ id: z.string(), name: z.string(), version: z.number() });
const create = defineEndpoint({
  id: "createThing",
  method: "POST",
  path: "/servers",
  summary: "",
  permission: "servers:write",
  body: z.object({ name: text(10).min(1) }),
  response: row,
  status: 201,
});
const update = defineEndpoint({
  id: "updateThing",
  method: "PATCH",
  path: "/servers/{id}",
  summary: "",
  permission: "servers:write",
  params: z.object({ id: idOf("server") }),
  query: z.object({ limit: z.coerce.number().int().max(5).default(1) }),
  body: z.object({ name: z.string() }).partial(),
  response: row,
  ifMatch: true,
});

let home: TestCatalogue;
let runtime: TestRuntime;
let token: string;
beforeAll(async () => {
  home = await createCatalogue();
});
afterAll(() => home.drop());
beforeEach(async () => {
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  token = await bearerToken(runtime, "admin");
});

type Sent = { method?: string; url?: string; body?: string; headers?: Record<string, string>; params?: unknown };

async function send<E extends typeof create | typeof update>(endpoint: E, verb: Verb<E>, sent: Sent = {}) {
  const request = new Request(`http://127.0.0.1:3210/api/v1/servers${sent.url ?? ""}`, {
    method: endpoint.method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...sent.headers },
    body: sent.body ?? "{}",
  });
  const response = await route(endpoint, verb)(request, { params: Promise.resolve(sent.params ?? {}) });
  const raw = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    raw,
    body: (raw === "" ? null : JSON.parse(raw)) as Record<string, unknown>,
  };
}

const made = { id: "srv_1", name: "a", version: 3, passwordSealed: "never" };
const id = `srv_${"0".repeat(32)}`;

describe("the route wrapper", () => {
  it("answers with what the contract names and nothing more, with its version as ETag", async () => {
    const answer = await send(create, () => Promise.resolve(made), { body: '{"name":" a "}' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ id: "srv_1", name: "a", version: 3 });
    expect(answer.headers.get("etag")).toBe('"3"');
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each([
    ["no JSON", { body: "{" }, 400, "invalid-json"],
    ["a form", { body: "name=a", headers: { "content-type": "text/plain" } }, 400, "invalid-json"],
    ["a wrong field", { body: '{"name":""}' }, 400, "invalid-input"],
    ["too much", { body: JSON.stringify({ name: "x".repeat(1_100_000) }) }, 413, "payload-too-large"],
    ["a bad key", { body: '{"name":"a"}', headers: { "idempotency-key": "a b" } }, 400, "invalid-input"],
  ])("refuses %s before the verb is called", async (_case, sent, status, code) => {
    const verb = vi.fn<Verb<typeof create>>();
    const answer = await send(create, verb, sent);
    expect([answer.status, answer.body["code"], answer.headers.get("content-type")]).toEqual([status, code, "application/problem+json"]);
    expect(verb).not.toHaveBeenCalled();
  });

  it("names every wrong field", async () => {
    const answer = await send(update, () => Promise.resolve(made), { params: { id }, url: "?limit=9", headers: { "if-match": '"1"' } });
    expect(answer.body["issues"]).toEqual([{ path: "limit", message: expect.any(String) as string }]);
    expect(answer.body["hint"]).toMatch(/^Correct the fields/);
  });

  it.each([
    [{}, 428, "version-required"],
    [{ "if-match": "x" }, 400, "invalid-input"],
    [{ "if-match": '"7"' }, 200, undefined],
    [{ "if-match": 'W/"7"' }, 200, undefined],
    [{ "if-match": "7" }, 200, undefined],
  ])("asks for the version that is changed: %j", async (headers, status, code) => {
    const verb = vi.fn<Verb<typeof update>>(() => Promise.resolve(made));
    const answer = await send(update, verb, { params: { id }, headers });
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect(verb.mock.calls.map(([, input]) => input.ifMatch)).toEqual(status === 200 ? [7] : []);
  });

  it.each(["../../etc/passwd", "%2e%2e", "srv_\u0000", `${id}\r\nx: y`, "", `bkp_${"0".repeat(32)}`])(
    "knows nothing under the id %j",
    async (bad) => {
      const answer = await send(update, () => Promise.resolve(made), { params: { id: bad }, headers: { "if-match": "1" } });
      expect([answer.status, answer.body["code"]]).toEqual([404, "not-found"]);
    },
  );

  it.each([
    ["version-conflict", 412],
    ["run-active", 409],
    ["password-wrong", 422],
    ["not-allowed", 403],
    ["no-worker", 503],
  ] as const)("answers %s with %d, in English, with its params", async (code, status) => {
    const answer = await send(create, () => Promise.reject(new LifeboatError(code, { user: "bob" })), { body: '{"name":"a"}' });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code, status, params: { user: "bob" }, requestId: expect.stringMatching(/./) as string });
  });

  it("keeps the text of a bug in the log", async () => {
    const answer = await send(create, () => Promise.reject(new Error("secret detail in line 7")), { body: '{"name":"a"}' });
    expect([answer.status, answer.body["code"]]).toEqual([500, "internal"]);
    expect(answer.raw).not.toContain("secret detail");
    expect(JSON.stringify(runtime.logged)).toContain("secret detail");
  });

  it("calls an answer that breaks its contract a bug", async () => {
    const answer = await send(create, () => Promise.resolve({ id: 7 } as never), { body: '{"name":"a"}' });
    expect(answer.status).toBe(500);
  });

  it("says that the catalogue is away, and lets nobody in meanwhile", async () => {
    const down = openCatalogue("postgres://nobody@127.0.0.1:1/none", { applicationName: "test" });
    setRuntime({ ...runtime, catalogue: down });
    const verb = vi.fn<Verb<typeof create>>();
    const answer = await send(create, verb, { body: '{"name":"a"}' });
    expect([answer.status, answer.body["code"]]).toEqual([503, "catalogue-unavailable"]);
    expect(verb).not.toHaveBeenCalled();
    await down.close();
  });

  it("writes one line a request, without the token", async () => {
    await send(create, () => Promise.resolve(made), { body: '{"name":"a"}' });
    expect(runtime.logged).toHaveLength(1);
    expect(runtime.logged[0]).toMatchObject({ message: "request", operation: "createThing", status: 201, method: "POST" });
    expect(JSON.stringify(runtime.logged)).not.toContain(token);
  });
});

describe("an idempotency key", () => {
  const keyed = (key: string, name = "a") => ({ body: JSON.stringify({ name }), headers: { "idempotency-key": key } });

  it("gives a repeated request the first one's answer", async () => {
    const verb = vi.fn<Verb<typeof create>>(() => Promise.resolve(made));
    const [first, second] = [await send(create, verb, keyed("k1")), await send(create, verb, keyed("k1"))];
    expect(verb).toHaveBeenCalledTimes(1);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect([first.headers.get("idempotency-replayed"), second.headers.get("idempotency-replayed")]).toEqual([null, "true"]);
  });

  it("refuses another request under it", async () => {
    await send(create, () => Promise.resolve(made), keyed("k2"));
    const answer = await send(create, () => Promise.resolve(made), keyed("k2", "b"));
    expect([answer.status, answer.body["code"]]).toEqual([422, "idempotency-mismatch"]);
  });

  it("does the work once when two requests come at once", async () => {
    const verb = vi.fn<Verb<typeof create>>(() => Promise.resolve(made));
    const answers = await Promise.all([send(create, verb, keyed("k3")), send(create, verb, keyed("k3"))]);
    expect(verb).toHaveBeenCalledTimes(1);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
  });

  it("is free again after a failure, and another caller's is another key", async () => {
    const verb = vi.fn<Verb<typeof create>>(() => Promise.resolve(made));
    verb.mockRejectedValueOnce(new LifeboatError("server-duplicate", { name: "a" }));
    expect((await send(create, verb, keyed("k4"))).status).toBe(409);
    expect((await send(create, verb, keyed("k4"))).status).toBe(201);
    token = await bearerToken(runtime, "admin");
    expect((await send(create, verb, keyed("k4", "b"))).status).toBe(201);
    expect(verb).toHaveBeenCalledTimes(3);
  });
});
