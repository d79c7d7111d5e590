import { createHash } from "node:crypto";
import postgres from "postgres";
import { expect, nobody, test } from "./fixtures.ts";
import { databaseUrl } from "./shop-server.ts";

// As a script would: no cookies, a bearer token, plain HTTP.
test.use({ storageState: nobody });

test("a script lists, backs up, follows the run, and downloads with a resume", async ({ request, lifeboat, api }) => {
  const headers = { Authorization: `Bearer ${lifeboat.token}` };
  const server = await api.serverNamed("Scripted server", lifeboat.shop);
  const source = await api.sourceNamed("Scripted ledger", server.id, "ledger");
  const { items } = (await (await request.get("/api/v1/sources", { headers })).json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toContain(source.id);

  const started = await request.post("/api/v1/backups", { headers, data: { sourceId: source.id, reason: "nightly" } });
  expect(started.status()).toBe(202);
  const { id } = (await started.json()) as { id: string };
  let run: { state: string; backupId: string | null } = { state: "queued", backupId: null };
  await expect
    .poll(async () => {
      run = (await (await request.get(`/api/v1/runs/${id}`, { headers })).json()) as typeof run;
      return run.state;
    })
    .toBe("succeeded");

  const path = `/api/v1/backups/${run.backupId}/download?format=dump`;
  const whole = await request.get(path, { headers });
  expect(whole.status()).toBe(200);
  const bytes = await whole.body();
  expect(whole.headers()).toMatchObject({ "content-length": String(bytes.length), "accept-ranges": "bytes" });
  expect(whole.headers()["content-disposition"]).toMatch(/filename="?ledger_\d{8}T\d{6}Z_full\.dump/);
  const { streams } = (await (await request.get(`/api/v1/backups/${run.backupId}`, { headers })).json()) as {
    streams: { sha256: string }[];
  };
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(streams[0]?.sha256);

  const cut = 1000;
  const etag = whole.headers()["etag"] ?? "";
  expect(etag).not.toBe("");
  const rest = await request.get(path, { headers: { ...headers, Range: `bytes=${cut}-`, "If-Range": etag } });
  expect(rest.status()).toBe(206);
  expect(rest.headers()["content-range"]).toBe(`bytes ${cut}-${bytes.length - 1}/${bytes.length}`);
  expect(Buffer.concat([bytes.subarray(0, cut), await rest.body()]).equals(bytes)).toBe(true);
  const beyond = await request.get(path, { headers: { ...headers, Range: `bytes=${bytes.length}-` } });
  expect(beyond.status()).toBe(416);
});

test("a second backup of the same source is 409 with the running one's id, and a cancelled one ends as cancelled", async ({
  request,
  lifeboat,
  api,
}) => {
  const headers = { Authorization: `Bearer ${lifeboat.token}` };
  const server = await api.serverNamed("Scripted server", lifeboat.shop);
  const { id: sourceId } = await api.sourceNamed("Scripted ledger", server.id, "ledger");
  const sql = postgres(databaseUrl(lifeboat.shop, "ledger"), { max: 1 });
  const held = await sql.reserve();
  await held`BEGIN`;
  await held`LOCK TABLE entries IN ACCESS EXCLUSIVE MODE`;
  try {
    const first = (await (await request.post("/api/v1/backups", { headers, data: { sourceId } })).json()) as { id: string };
    const second = await request.post("/api/v1/backups", { headers, data: { sourceId } });
    expect(second.status()).toBe(409);
    expect(second.headers()["content-type"]).toContain("application/problem+json");
    expect(await second.json()).toMatchObject({ code: "run-active", params: { runId: first.id, type: "backup" } });
    expect((await request.post(`/api/v1/runs/${first.id}/cancel`, { headers })).ok()).toBe(true);
    expect((await api.ended(first.id)).state).toBe("cancelled");
  } finally {
    await held`ROLLBACK`;
    held.release();
    await sql.end();
  }
});

test("the description is served, health answers, and nobody gets in without a token", async ({ request, lifeboat }) => {
  const description = await request.get("/api/v1/openapi.json");
  expect(description.status()).toBe(200);
  const { openapi, paths } = (await description.json()) as { openapi: string; paths: Record<string, unknown> };
  expect(openapi).toMatch(/^3\.1/);
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/backups", "/restores", "/runs/{id}"]));
  expect((await request.get("/api/health/live")).status()).toBe(200);
  expect((await request.get("/api/health/ready")).status()).toBe(200);
  for (const headers of [{}, { Authorization: "Bearer wrong" }, { Authorization: `Basic ${lifeboat.token}` }] as Record<string, string>[]) {
    const answer = await request.get("/api/v1/backups", { headers });
    expect(answer.status()).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "not-signed-in" });
  }
  const nowhere = await request.get("/api/v1/nothing", { headers: { Authorization: `Bearer ${lifeboat.token}` } });
  expect(nowhere.status()).toBe(404);
});
