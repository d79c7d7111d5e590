import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { packs } from "#lib/db/schema/packs";
import { type ChainMember, storeChain } from "#lib/repository/chain-fixture";
import { type CodecPool, createCodecPool } from "#lib/repository/codec-pool";
import { insertBackup, insertDestination, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, testRuntime } from "#lib/testing/web-runtime";
import { createWebServer } from "./server.ts";
import { stopServer } from "./stop-server.ts";

let home: TestCatalogue;
let pool: CodecPool;
let folder: string;
let server: Server;
let base: string;
let authorization: string;
let chain: ChainMember[];
/** Ids of the catalogue by the names that the packs were written under. */
const backupIds = new Map<string, string>();

beforeAll(async () => {
  home = await createCatalogue();
  const { db } = home.catalogue;
  pool = createCodecPool({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), "lifeboat-web-"));
  const kinds = ["full", "differential", "incremental"] as const;
  chain = await storeChain({ root: folder, pool, seed: 31, kinds, bytes: 900_000, averageSegmentBytes: 4096, edits: 4 });
  const sourceId = await insertSource(db, await insertServer(db));
  const destinationId = await insertDestination(db);
  for (const { pack, stream, backup, written, kind } of chain) {
    const backupId = await insertBackup(db, { sourceId, destinationId }, { kind });
    backupIds.set(backup.backupId, backupId);
    const { packId, ...facts } = pack;
    await db.insert(packs).values({ ...facts, id: packId, backupId });
    await db.insert(backupStreams).values({ backupId, ...stream });
    for (const { packId: neededPack, key, readBytes, ranges, backupId: name } of written.needs) {
      const needsId = backupIds.get(name) ?? "";
      await db
        .insert(backupDependencies)
        .values({ backupId, needsId, reason: "packs", packId: neededPack, packKey: key, readBytes, ranges });
    }
  }
  const runtime = testRuntime(home.catalogue);
  authorization = `Bearer ${await bearerToken(runtime, "admin")}`;
  server = createWebServer(runtime, () => Promise.resolve(), { storage: () => Promise.resolve(chain[0]!.storage), pool });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await stopServer(server);
  await pool.close();
  await home.drop();
  await rm(folder, { recursive: true });
});

function download(member: ChainMember, query = "", headers: Record<string, string> = {}) {
  const id = backupIds.get(member.backup.backupId) ?? "";
  return fetch(`${base}/api/v1/backups/${id}/download${query}`, { headers: { authorization, ...headers } });
}
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

it("gives a member's plain stream, whole and in ranges, and its own pack as it is stored", async () => {
  for (const member of chain) {
    const whole = await download(member);
    expect([whole.status, whole.headers.get("content-length")]).toEqual([200, String(member.bytes.length)]);
    expect((await bytesOf(whole)).equals(member.bytes)).toBe(true);
    for (const [from, to] of [
      [0, 0],
      [123_456, 654_321],
      [member.bytes.length - 10, member.bytes.length - 1],
    ] as const) {
      const part = await download(member, "", { range: `bytes=${from}-${to}` });
      expect(part.status).toBe(206);
      expect((await bytesOf(part)).equals(member.bytes.subarray(from, to + 1))).toBe(true);
    }
    const stored = await download(member, "?format=stored");
    expect((await bytesOf(stored)).equals(await readFile(member.path))).toBe(true);
  }
});

it("answers with the missing pack's name when a member cannot be rebuilt, and still gives its own pack", async () => {
  const [full, , last] = chain as [ChainMember, ChainMember, ChainMember];
  const { db } = home.catalogue;
  const problemOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];
  const broken = { code: "chain-broken", params: { key: full.pack.key } };
  await rm(full.path);
  const gone = await download(last);
  expect([gone.status, await gone.json()]).toMatchObject([422, broken]);
  expect(await problemOf(await download(full))).toEqual([422, "pack-missing"]);
  expect((await bytesOf(await download(last, "?format=stored"))).equals(await readFile(last.path))).toBe(true);
  await db.delete(packs).where(eq(packs.id, full.pack.packId));
  const unknown = await download(last);
  expect([unknown.status, await unknown.json()]).toMatchObject([422, broken]);
  expect((await bytesOf(await download(last, "?format=stored"))).equals(await readFile(last.path))).toBe(true);
});
