import { createHash, randomBytes, randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { request as rawRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { destinations } from "#lib/db/schema/destinations";
import { packs } from "#lib/db/schema/packs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { type CodecPool, createCodecPool } from "#lib/repository/codec-pool";
import { rowsOf, storeFull, type StoredFull, tamper } from "#lib/repository/pack-fixture";
import { lockChain } from "#lib/services/chains/lock";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { createWebServer, type PageHandler } from "./server.ts";
import { stopServer } from "./stop-server.ts";

const stream = rowsOf(3_000_000);
const snapshotAt = new Date("2026-11-21T02:00:00.000Z");
const database = 'Ñandú 表"\r\n../x';

let home: TestCatalogue;
let runtime: TestRuntime;
let pool: CodecPool;
let full: StoredFull;
let server: Server;
let base: string;
let folder: string;
let backupId: string;
let chainId: string;
let admin: { authorization: string };
const pages = vi.fn<PageHandler>((_incoming, response) => {
  response.end("page");
  return Promise.resolve();
});

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue, { TRUSTED_PROXY: "" });
  pool = createCodecPool({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), "lifeboat-web-"));
  full = await storeFull({ root: join(folder, "a"), bytes: stream, pool });
  admin = { authorization: `Bearer ${await bearerToken(runtime, "admin")}` };
  ({ backupId, chainId } = await recordBackup(full));
  server = createWebServer(runtime, pages, { storage: () => Promise.resolve(full.storage), pool });
  base = await listening(server);
});
afterAll(async () => {
  await stopServer(server);
  await pool.close();
  await home.drop();
  await rm(folder, { recursive: true });
});

/** Listens on a free port of loopback; returns the origin. */
async function listening(started: Server): Promise<string> {
  started.listen(0, "127.0.0.1");
  await once(started, "listening");
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

async function recordBackup({ pack, stream: facts }: StoredFull, changes: Partial<typeof backups.$inferInsert> = {}) {
  const { db } = home.catalogue;
  const [serverId, sourceId, chain, backup] = (["server", "source", "chain", "backup"] as const).map((entity) =>
    makeId(entity, randomUUIDv7()),
  );
  const at = new Date();
  const ids = { serverId: serverId!, sourceId: sourceId!, chainId: chain!, backupId: backup! };
  const stamps = { createdAt: at, updatedAt: at };
  await db.insert(servers).values({
    id: ids.serverId,
    slug: ids.serverId,
    name: ids.serverId,
    host: "h",
    port: 5432,
    tlsMode: "prefer",
    username: "u",
    maintenanceDatabase: "postgres",
    ...stamps,
  });
  await db.insert(sources).values({
    id: ids.sourceId,
    slug: ids.sourceId,
    name: "Shop",
    engine: "postgres",
    serverId: ids.serverId,
    database,
    environment: "development",
    ...stamps,
  });
  await db
    .insert(chains)
    .values({ id: ids.chainId, sourceId: ids.sourceId, seed: "00", averageSegmentBytes: 65_536, formatVersion: 1, createdAt: at });
  await db.insert(backups).values({
    id: ids.backupId,
    sourceId: ids.sourceId,
    chainId: ids.chainId,
    kind: "full",
    state: "available",
    fencingToken: 1,
    trigger: "manual",
    database,
    snapshotAt,
    startedAt: at,
    fileName: "shop.dump.zst",
    createdByType: "system",
    createdByName: "test",
    ...changes,
  });
  const destinationId = makeId("destination", randomUUIDv7());
  await db.insert(destinations).values({ id: destinationId, type: "local", name: "local", config: { path: "/" }, createdAt: at });
  await db.insert(copies).values({
    id: makeId("copy", randomUUIDv7()),
    backupId: ids.backupId,
    sourceId: ids.sourceId,
    destinationId,
    state: "stored",
    storedAt: at,
  });
  await db.insert(packs).values({
    id: pack.packId,
    backupId: ids.backupId,
    key: pack.key,
    bytes: pack.storedBytes,
    packSha256: pack.storedSha256,
    storedBytes: pack.storedBytes,
    storedSha256: pack.storedSha256,
  });
  await db.insert(backupStreams).values({
    backupId: ids.backupId,
    name: "base",
    bytes: facts.bytes,
    sha256: facts.sha256,
    rootHash: facts.rootHash,
    segments: 1,
  });
  return ids;
}

function download(query = "", headers: Record<string, string> = {}, init: RequestInit = {}) {
  return fetch(`${base}/api/v1/backups/${backupId}/download${query}`, { headers: { ...admin, ...headers }, ...init });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

async function rawGet(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  const sent = rawRequest(`${base}/`, { path, headers });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() };
}

function locksOf(id: string) {
  return home.catalogue.db.select().from(chainLocks).where(eq(chainLocks.chainId, id));
}

describe("a download", () => {
  it("is the plain archive with its length, name and checksum", async () => {
    const response = await download();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(stream.length));
    expect(response.headers.get("etag")).toBe(`"${createHash("sha256").update(stream).digest("hex")}"`);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    const name = response.headers.get("content-disposition") ?? "";
    expect(decodeURIComponent(name.split("''")[1] ?? "")).toBe("Ñandú 表___.._x_20261121T020000Z_full.dump");
    expect((await bytesOf(response)).equals(stream)).toBe(true);
    const [event] = await home.catalogue.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.action, "backup.download"))
      .orderBy(desc(auditEvents.at));
    expect(event).toMatchObject({ actorType: "token", targetId: backupId, address: "127.0.0.1" });
  });

  it("is the pack as it is stored when that is asked for", async () => {
    const response = await download("?format=stored");
    const body = await bytesOf(response);
    expect(body.length).toBe(full.pack.storedBytes);
    expect(createHash("sha256").update(body).digest("hex")).toBe(full.pack.storedSha256);
    expect(response.headers.get("content-disposition")).toContain("_full.dump.zst");
  });

  it("gives any range of bytes exactly", async () => {
    for (let nth = 0; nth < 25; nth += 1) {
      const from = randomBytes(4).readUInt32BE() % stream.length;
      const to = Math.min(stream.length - 1, from + (randomBytes(4).readUInt32BE() % 400_000));
      const response = await download("", { range: `bytes=${from}-${to}` });
      expect(response.status).toBe(206);
      expect(response.headers.get("content-range")).toBe(`bytes ${from}-${to}/${stream.length}`);
      expect((await bytesOf(response)).equals(stream.subarray(from, to + 1))).toBe(true);
    }
  });

  it("resumes the file that was begun and sends another one whole", async () => {
    const etag = (await download("", {}, { method: "HEAD" })).headers.get("etag") ?? "";
    const resumed = await download("", { range: "bytes=2999990-", "if-range": etag });
    expect([resumed.status, (await bytesOf(resumed)).equals(stream.subarray(2_999_990))]).toEqual([206, true]);
    const other = await download("", { range: "bytes=2999990-", "if-range": '"another"' });
    expect([other.status, (await bytesOf(other)).length]).toEqual([200, stream.length]);
  });

  it("answers a range outside with the size, and HEAD without a body or an audit row", async () => {
    const outside = await download("", { range: `bytes=${stream.length}-` });
    expect([outside.status, outside.headers.get("content-range")]).toEqual([416, `bytes */${stream.length}`]);
    const before = await home.catalogue.db.select().from(auditEvents);
    const head = await download("", {}, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), (await bytesOf(head)).length]).toEqual([200, String(stream.length), 0]);
    expect(await home.catalogue.db.select().from(auditEvents)).toHaveLength(before.length);
  });

  it("is authorised for each request: nobody, viewers and ended sessions get nothing", async () => {
    const viewer = await signedInPerson(runtime, "viewer");
    const ended = await signedInPerson(runtime, "admin", { endedAt: new Date() });
    const answers = [{}, { cookie: viewer.cookie }, { cookie: ended.cookie }].map(async (headers) => {
      const response = await fetch(`${base}/api/v1/backups/${backupId}/download`, { headers: headers as Record<string, string> });
      return [response.status, ((await response.json()) as { code: string }).code];
    });
    expect(await Promise.all(answers)).toEqual([
      [401, "not-signed-in"],
      [403, "not-allowed"],
      [401, "not-signed-in"],
    ]);
  });

  it.each(["..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%2e%2e", "bkp_%00", `bkp_${"0".repeat(32)}`, "%", "..", "bkp_%0d%0aX:%20y"])(
    "knows nothing under the id %s",
    async (id) => {
      const answer = await rawGet(`/api/v1/backups/${id}/download`, admin);
      expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([404, "not-found"]);
    },
  );

  it("holds the chain while it lasts and lets go of it when the reader leaves", async () => {
    await expect.poll(() => locksOf(chainId)).toEqual([]);
    const large = await storeFull({
      name: "2",
      root: join(folder, "b"),
      bytes: rowsOf(40_000_000),
      pool,
      key: "shop/chn_3/large.dump.zst",
    });
    const other = await recordBackup(large);
    const slow = createWebServer(runtime, pages, { storage: () => Promise.resolve(large.storage), pool });
    const origin = await listening(slow);
    const leave = new AbortController();
    const url = `${origin}/api/v1/backups/${other.backupId}/download`;
    const response = await fetch(url, { headers: admin, signal: leave.signal });
    expect(await locksOf(other.chainId)).toMatchObject([{ mode: "shared" }]);
    const remove = lockChain(home.catalogue.db, { chainId: other.chainId, holder: "run_x", mode: "exclusive", leaseMs: 1000 });
    await expect(remove).rejects.toMatchObject({ code: "chain-locked" });
    leave.abort();
    await expect(response.arrayBuffer()).rejects.toThrow(/abort/);
    await expect.poll(() => locksOf(other.chainId)).toEqual([]);
    await stopServer(slow);
  });

  it("is refused while the chain is being removed from", async () => {
    const lock = { chainId, holder: "run_delete", mode: "exclusive", leaseMs: 60_000 } as const;
    await lockChain(home.catalogue.db, lock);
    expect((await download()).status).toBe(409);
    await home.catalogue.db.delete(chainLocks);
  });

  it("tells of a damaged or missing file, or cuts the connection: never a whole wrong file", async () => {
    const hurt = await storeFull({ name: "3", root: join(folder, "c"), bytes: stream, pool, key: "shop/chn_2/hurt.dump.zst" });
    const other = await recordBackup(hurt);
    const damaged = createWebServer(runtime, pages, { storage: () => Promise.resolve(hurt.storage), pool });
    const origin = await listening(damaged);
    const url = `${origin}/api/v1/backups/${other.backupId}/download`;
    await tamper(hurt.path, (bytes) => {
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      return bytes;
    });
    const read = async (query: string) => {
      const response = await fetch(`${url}${query}`, { headers: admin });
      return response.ok ? response.arrayBuffer() : Promise.reject(new Error(String(response.status)));
    };
    await expect(read("")).rejects.toThrow(/terminated|422/);
    await expect(read("?format=stored")).rejects.toThrow(/terminated|422/);
    await rm(hurt.path);
    const gone = await fetch(url, { headers: admin });
    expect([gone.status, ((await gone.json()) as { code: string }).code]).toEqual([422, "pack-missing"]);
    await stopServer(damaged);
  });
});

describe("the server in front of Next", () => {
  it("answers unknown paths and wrong methods of the API in the API's form", async () => {
    const unknown = await fetch(`${base}/api/v1/nothing`);
    expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    const wrong = await fetch(`${base}/api/v1/overview`, { method: "POST", body: "{}" });
    expect([wrong.status, wrong.headers.get("allow"), ((await wrong.json()) as { code: string }).code]).toEqual([
      405,
      "GET",
      "method-not-allowed",
    ]);
  });

  it("removes every header that would be believed, and sets its own", async () => {
    pages.mockClear();
    await rawGet("/sources", {
      "x-lifeboat-address": "10.0.0.1",
      "x-lifeboat-request-id": "mine",
      "x-forwarded-for": "9.9.9.9",
      "x-forwarded-host": "evil.example",
      "x-middleware-subrequest": "proxy",
      "x-nonce": "known",
      "accept-language": "es",
    });
    const headers = pages.mock.calls[0]?.[0].headers ?? {};
    expect(headers["x-lifeboat-address"]).toBe("127.0.0.1");
    expect(headers["x-lifeboat-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["accept-language"]).toBe("es");
    for (const name of ["x-forwarded-for", "x-forwarded-host", "x-middleware-subrequest", "x-nonce"]) expect(headers[name]).toBeUndefined();
  });

  it("believes a proxy that it is told to trust", async () => {
    const trusting = createWebServer(testRuntime(home.catalogue, { TRUSTED_PROXY: "127.0.0.1" }), pages, {
      storage: () => Promise.resolve(full.storage),
      pool,
    });
    const origin = await listening(trusting);
    pages.mockClear();
    await fetch(`${origin}/`, {
      headers: { "x-forwarded-for": "1.1.1.1, 198.51.100.7" },
    });
    expect(pages.mock.calls[0]?.[0].headers["x-lifeboat-address"]).toBe("198.51.100.7");
    await stopServer(trusting);
  });

  it("sends the headers that keep a page to itself", async () => {
    const { headers } = await fetch(`${base}/`);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  });

  it("lets a badge stand in other people's pages, and logs no key of a public address", async () => {
    const path = `/api/status/lbs_${"k".repeat(43)}`;
    const { headers } = await fetch(`${base}${path}/badge.svg`);
    expect(headers.get("cross-origin-resource-policy")).toBeNull();
    const logged = runtime.logged.length;
    expect((await fetch(`${base}${path}`, { method: "POST", body: "{}" })).status).toBe(405);
    const lines = JSON.stringify(runtime.logged.slice(logged));
    expect(lines).toContain("/api/status/lbs_•••");
    expect(lines).not.toContain("kkkk");
  });

  it("stops within about three seconds although an answer never ends", async () => {
    const stopped = async () => {
      const endless = createWebServer(
        runtime,
        (_incoming, response) => {
          response.write("data: 1\n\n");
          return Promise.resolve();
        },
        { storage: () => Promise.resolve(full.storage), pool },
      );
      const origin = await listening(endless);
      const response = await fetch(`${origin}/`);
      const startedMs = performance.now();
      await stopServer(endless);
      const ms = performance.now() - startedMs;
      await expect(response.text()).rejects.toThrow(/terminated/);
      return ms;
    };
    // A second more than it takes, which a busy machine may take for itself: three such in a row are the server's.
    let fastest = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 3 && fastest >= 4000; tries += 1) fastest = Math.min(fastest, await stopped());
    expect(fastest).toBeLessThan(4000);
  });
});
