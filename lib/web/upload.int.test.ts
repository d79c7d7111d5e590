import { execFileSync } from "node:child_process";
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { request as rawRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ImportDto } from "#lib/contracts/imports";
import type { Problem } from "#lib/contracts/common";
import { imports } from "#lib/db/schema/imports";
import { makeId } from "#lib/domain/ids";
import { setRuntime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import { createUpload } from "#lib/services/imports/create-upload";
import { deleteImport } from "#lib/services/imports/remove";
import { startImport } from "#lib/services/imports/start";
import { importFolderName } from "#lib/services/imports/import-file";
import { testActor } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { removeFolder } from "#lib/testing/temporary-folder";
import { bearerToken, signedInPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { whyNoMount } from "#lib/testing/why-no-mount";
import { createWebServer } from "./server.ts";
import { stopServer } from "./stop-server.ts";

const noMount = await whyNoMount();
let home: TestCatalogue;
let runtime: TestRuntime;
let server: Server;
let base: string;
let folder: string;
let uploads: string;
let admin: { authorization: string };
const part = 8 * 1024 * 1024;

async function start(): Promise<void> {
  runtime = testRuntime(home.catalogue, { BACKUP_DIR: folder });
  setRuntime(runtime);
  const none = () => Promise.reject(new Error("no downloads here"));
  server = createWebServer(runtime, () => Promise.resolve(), { storage: none, pool: null as never });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  admin = { authorization: `Bearer ${await bearerToken(runtime, "admin")}` };
}

beforeAll(async () => {
  home = await createCatalogue();
  folder = mkdtempSync(join(tmpdir(), "lifeboat-uploads-"));
  uploads = join(folder, importFolderName);
  await start();
});
afterAll(async () => {
  await stopServer(server);
  await home.drop();
  await removeFolder(folder);
});

const context = () => serviceContext(runtime, testActor(), { address: "127.0.0.1", requestId: "test" });
const none = { query: {}, ifMatch: null } as const;

async function announce(bytes: number, fileName = '../../etc/"passwd"\r\n.sql'): Promise<string> {
  const { id } = await createUpload(context(), { ...none, params: {}, body: { fileName, bytes } });
  return id;
}

async function send(id: string, offset: number | string, body: Uint8Array, headers: Record<string, string> = admin) {
  const response = await fetch(`${base}/api/v1/imports/${id}/parts?offset=${offset}`, { method: "POST", headers, body: Buffer.from(body) });
  return { status: response.status, body: (await response.json()) as ImportDto & Problem };
}

async function rowOf(id: string) {
  const [row] = await home.catalogue.db.select().from(imports).where(eq(imports.id, id));
  return row!;
}

/** A request whose body is written by hand. */
function open(id: string, offset: number, length: number) {
  const sent = rawRequest(`${base}/api/v1/imports/${id}/parts?offset=${offset}`, {
    method: "POST",
    headers: { ...admin, "content-length": length },
  });
  sent.on("error", () => undefined);
  return sent;
}

const script = Buffer.concat([Buffer.from("--\n-- PostgreSQL database dump\n--\nselect 1;\n"), Buffer.alloc(part, "-- padding\n")]);

describe("an upload", () => {
  let id: string;
  beforeEach(async () => {
    id = await announce(script.length);
  });

  it("comes in parts, is whole with the last one, and is told by its content", async () => {
    const first = await send(id, 0, script.subarray(0, part));
    expect([first.status, first.body.state, first.body.receivedBytes, first.body.format]).toEqual([200, "uploading", part, null]);
    await expect(
      startImport(context(), { ...none, params: { id }, body: { sourceId: makeId("source", randomUUIDv7()) } }),
    ).rejects.toMatchObject({
      code: "import-incomplete",
      params: { receivedBytes: part, bytes: script.length },
    });
    const last = await send(id, part, script.subarray(part));
    expect(last.body).toMatchObject({
      state: "ready",
      format: "pg-plain",
      receivedBytes: script.length,
      fileName: '../../etc/"passwd"\r\n.sql',
    });
    const path = join(uploads, id);
    expect(readFileSync(path).equals(script)).toBe(true);
    expect([statSync(path).mode & 0o777, statSync(uploads).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(uploads).every((name) => /^imp_[0-9a-f]{32}$/.test(name))).toBe(true);
    expect((await send(id, script.length, Buffer.from("x"))).body).toMatchObject({
      code: "import-part-mismatch",
      params: { receivedBytes: script.length },
    });
    await deleteImport(context(), { ...none, params: { id }, body: {} });
    expect(readdirSync(uploads)).not.toContain(id);
    expect((await send(id, 0, Buffer.from("x"))).status).toBe(404);
  });

  it("goes on where it was after the web process was started again", async () => {
    await send(id, 0, script.subarray(0, 1000));
    await stopServer(server);
    await start();
    expect((await send(id, 0, script.subarray(0, 1000))).body).toMatchObject({
      status: 409,
      code: "import-part-mismatch",
      params: { receivedBytes: 1000 },
    });
    expect((await send(id, 1000, script.subarray(1000, 5000))).body.receivedBytes).toBe(5000);
    expect(readFileSync(join(uploads, id)).equals(script.subarray(0, 5000))).toBe(true);
  });

  it("counts a part that was cut as nothing", async () => {
    await send(id, 0, script.subarray(0, 1000));
    const cut = open(id, 1000, 500_000);
    cut.write(script.subarray(1000, 300_000));
    await expect.poll(() => statSync(join(uploads, id)).size).toBeGreaterThan(1000);
    cut.destroy();
    await expect.poll(() => statSync(join(uploads, id)).size).toBe(1000);
    expect((await rowOf(id)).receivedBytes).toBe(1000);
    await expect.poll(async () => (await send(id, 1000, script.subarray(1000, 2000))).status).toBe(200);
    expect(readFileSync(join(uploads, id)).equals(script.subarray(0, 2000))).toBe(true);
  });

  it("takes one part at a time, and only the next one", async () => {
    const slow = open(id, 0, 1000);
    slow.write(script.subarray(0, 400));
    await expect.poll(() => readdirSync(uploads).includes(id)).toBe(true);
    expect((await send(id, 0, script.subarray(0, 10))).body).toMatchObject({
      status: 409,
      code: "import-part-mismatch",
      params: { receivedBytes: 0 },
    });
    expect((await send(id, 500, script.subarray(0, 10))).body.code).toBe("import-part-mismatch");
    slow.end(script.subarray(400, 1000));
    const [response] = (await once(slow, "response")) as [{ statusCode: number }];
    expect([response.statusCode, (await rowOf(id)).receivedBytes]).toEqual([200, 1000]);
    expect(readFileSync(join(uploads, id)).equals(script.subarray(0, 1000))).toBe(true);
  });

  it("refuses what is too long, whatever length was announced, and what is empty", async () => {
    expect((await send(id, 0, Buffer.alloc(part + 1))).body).toMatchObject({
      status: 413,
      code: "payload-too-large",
      params: { limitBytes: part },
    });
    const chunked = rawRequest(`${base}/api/v1/imports/${id}/parts?offset=0`, {
      method: "POST",
      headers: { ...admin, "transfer-encoding": "chunked" },
    });
    chunked.on("error", () => undefined);
    chunked.end(Buffer.alloc(part + 1));
    const [response] = (await once(chunked, "response")) as [{ statusCode: number }];
    expect(response.statusCode).toBe(413);
    const small = await announce(10);
    expect((await send(small, 0, Buffer.alloc(11))).body).toMatchObject({ code: "payload-too-large", params: { limitBytes: 10 } });
    expect((await send(small, 0, Buffer.alloc(0))).body).toMatchObject({ status: 400, code: "invalid-input" });
    for (const offset of ["-1", "x", "1.5", "1e99"]) expect((await send(small, offset, Buffer.from("x"))).status).toBe(400);
    expect([(await rowOf(id)).receivedBytes, (await rowOf(small)).receivedBytes]).toEqual([0, 0]);
  });

  it("of nothing that can be imported says so when it is whole", async () => {
    const junk = randomBytes(100_000);
    const other = await announce(junk.length, "dump.sql");
    expect((await send(other, 0, junk)).body).toMatchObject({
      state: "failed",
      format: null,
      error: { code: "import-format-unknown", params: { fileName: "dump.sql" } },
    });
  });

  it("that cannot fit is refused with numbers before its first byte", async () => {
    await expect(announce(Number.MAX_SAFE_INTEGER - 1e9)).rejects.toMatchObject({
      code: "no-space",
      params: { path: uploads, freeBytes: expect.any(Number) as number, neededBytes: expect.any(Number) as number },
    });
  });
});

describe.skipIf(noMount !== null)(`a disk${noMount === null ? "" : ` (${noMount})`}`, () => {
  it("that fills up while a part arrives fails with numbers, and what was counted before stays", async () => {
    mkdirSync(uploads, { recursive: true });
    const bytes = 7 * 1024 * 1024;
    const data = randomBytes(bytes);
    const id = await announce(2 * bytes);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", uploads]);
    try {
      expect((await send(id, 0, data)).status).toBe(200);
      const full = await send(id, bytes, data);
      expect(full.body).toMatchObject({ status: 422, code: "no-space", params: { path: uploads } });
      expect(Number(full.body.params["neededBytes"])).toBeGreaterThan(Number(full.body.params["freeBytes"]));
      expect([statSync(join(uploads, id)).size, (await rowOf(id)).receivedBytes]).toEqual([bytes, bytes]);
      expect(readFileSync(join(uploads, id)).equals(data)).toBe(true);
      await expect(announce(bytes)).rejects.toMatchObject({ code: "no-space", params: { path: uploads } });
    } finally {
      execFileSync("umount", ["-l", uploads]);
    }
  });
});

describe("the door is that of every route", () => {
  it("lets in whoever may import, from the same origin", async () => {
    const id = await announce(3);
    const person = await signedInPerson(runtime, "admin");
    const viewer = await signedInPerson(runtime, "viewer");
    const same = { origin: runtime.env.publicUrl, "sec-fetch-site": "same-origin" };
    const codes = async (headers: Record<string, string>) => {
      const { status, body } = await send(id, 0, Buffer.from("x"), headers);
      return [status, body.code];
    };
    expect(await codes({})).toEqual([401, "not-signed-in"]);
    expect(await codes({ ...same, cookie: viewer.cookie })).toEqual([403, "not-allowed"]);
    expect(await codes({ cookie: person.cookie, origin: "https://evil.example", "sec-fetch-site": "cross-site" })).toEqual([
      403,
      "cross-site",
    ]);
    expect(await codes({ cookie: person.cookie })).toEqual([403, "cross-site"]);
    expect(await codes({ authorization: `Bearer ${await bearerToken(runtime, "admin", { scopes: ["backups:read"] })}` })).toEqual([
      403,
      "not-allowed",
    ]);
    expect((await rowOf(id)).receivedBytes).toBe(0);
    expect((await codes({ ...same, cookie: person.cookie }))[0]).toBe(200);
  });

  it.each(["..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%2e%2e", "imp_%00", `imp_${"0".repeat(32)}`, "%", "..", "imp_%0d%0aX:%20y"])(
    "knows nothing under the id %s",
    async (id) => {
      const sent = rawRequest(`${base}/`, { method: "POST", path: `/api/v1/imports/${id}/parts?offset=0`, headers: admin });
      sent.end("x");
      const [response] = (await once(sent, "response")) as [{ statusCode: number }];
      expect(response.statusCode).toBe(404);
    },
  );

  it("does not hurry a slow client: the time for a request begins anew with each byte of a part", async () => {
    // Node's own limit for a whole request is above what a slow part takes; other bodies have their own, shorter one.
    expect(server.requestTimeout).toBeGreaterThan(15 * 60_000);
    const id = await announce(20);
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const lines = [
      `POST /api/v1/imports/${id}/parts?offset=0 HTTP/1.1`,
      "host: x",
      `authorization: ${admin.authorization}`,
      "content-length: 20",
      "",
      "",
    ];
    socket.write(lines.join("\r\n"));
    for (let sent = 0; sent < 20; sent += 1) {
      socket.write("x");
      // The next byte only after this one has arrived.
      await expect.poll(() => (readdirSync(uploads).includes(id) ? statSync(join(uploads, id)).size : 0), { interval: 10 }).toBe(sent + 1);
    }
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain("HTTP/1.1 200");
    socket.destroy();
  });
});
