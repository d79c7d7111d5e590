import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listBackups as contract } from "#lib/contracts/backups";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { packs } from "#lib/db/schema/packs";
import { validations } from "#lib/db/schema/validations";
import { insertBackup, insertDestination, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { deleteSource } from "../sources/remove.ts";
import { getDeleteConsequences } from "./delete-consequences.ts";
import { getBackup } from "./get.ts";
import { listBackups } from "./list.ts";
import { listBackupTables } from "./tables.ts";
import { updateBackup } from "./update.ts";
import { listBackupValidations } from "./validations.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

let home: TestCatalogue;
let context: TestContext;
let viewer: TestContext;
let destinationId: string;
let serverId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  viewer = testContext(home.catalogue, { actor: testActor("viewer") });
  serverId = await insertServer(context.db);
  destinationId = await insertDestination(context.db);
});
afterAll(() => home.drop());

const newSource = async (name: string) => ({ sourceId: await insertSource(context.db, serverId, { name }), destinationId });
const list = (query: object) => listBackups(context, { ...nothing, query: contract.query.parse(query) });
const ids = async (query: object) => (await list(query)).items.map((item) => item.id);

describe("listing backups", () => {
  test("pages are stable while newer ones arrive, in both directions, with equal times told apart", async () => {
    const place = await newSource("Paging");
    const made: string[] = [];
    for (const minute of [1, 2, 2, 2, 3]) made.push(await insertBackup(context.db, place, { snapshotAt: at(minute) }));
    for (const sort of ["-snapshotAt", "snapshotAt"]) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page: Awaited<ReturnType<typeof list>> = await list({ source: place.sourceId, sort, limit: 2, after });
        seen.push(...page.items.map((item) => item.id));
        after = page.next ?? undefined;
        if (sort === "-snapshotAt") await insertBackup(context.db, place, { snapshotAt: at(50 + seen.length) });
      } while (after !== undefined);
      expect(seen.slice(0, made.length)).toEqual(sort === "-snapshotAt" ? made.toReversed() : made);
      expect(seen.length).toBe(new Set(seen).size);
    }
  });

  test("a cursor of another order is refused", async () => {
    const place = await newSource("Cursor");
    for (const minute of [1, 2]) await insertBackup(context.db, place, { snapshotAt: at(minute) });
    const page = await list({ source: place.sourceId, limit: 1 });
    await expect(list({ source: place.sourceId, limit: 1, sort: "streamBytes", after: page.next })).rejects.toMatchObject({
      code: "invalid-input",
    });
  });

  test("sorts by size and filters by proof, pin and text, found literally", async () => {
    const place = await newSource("Ñandú_表");
    const stored = await insertBackup(context.db, place, { storedBytes: 1, label: "100%", snapshotAt: at(1) });
    const verified = await insertBackup(context.db, place, { storedBytes: 3, pinned: true, snapshotAt: at(2) }, { verifiedAt: at(9) });
    const failed = await insertBackup(context.db, place, { storedBytes: 2, snapshotAt: at(3) }, { verifiedAt: at(8), failedAt: at(9) });
    await insertBackup(context.db, place, { state: "writing" }, { state: "writing", storedAt: null });
    const source = place.sourceId;
    expect(await ids({ source, sort: "-storedBytes" })).toEqual([verified, failed, stored]);
    expect(await ids({ source, proof: "stored" })).toEqual([verified, stored]);
    expect(await ids({ source, proof: "verified" })).toEqual([verified]);
    expect(await ids({ source, proof: "unverified" })).toEqual([stored]);
    expect(await ids({ source, proof: "failed" })).toEqual([failed]);
    expect(await ids({ source, proof: "proven" })).toEqual([]);
    expect(await ids({ source, pinned: "true" })).toEqual([verified]);
    expect(await ids({ q: "100%" })).toEqual([stored]);
    expect(await ids({ q: "NDÚ_表" })).toEqual([failed, verified, stored]);
    expect(await ids({ source, q: "\0" })).toHaveLength(3);
    expect((await list({ source })).items.find((item) => item.id === failed)?.meter).toMatchObject({
      stored: { state: "yes" },
      verified: { state: "failed", at: at(9).toISOString() },
      proven: { state: "never" },
    });
  });

  test("keeps the backups of a removed source", async () => {
    const place = await newSource("Removed");
    const id = await insertBackup(context.db, place);
    await deleteSource(context, { params: { id: place.sourceId }, query: { backups: "keep", when: "trash" }, body: {}, ifMatch: 1 });
    expect(await ids({ source: place.sourceId })).toEqual([id]);
  });
});

describe("one backup", () => {
  test("shows streams, packs, tables and the stock commands for its very file", async () => {
    const place = await newSource("Detail");
    const id = await insertBackup(context.db, place, { fileName: "shop_x.dump.zst", database: "-Fp" });
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    await context.db.insert(backupStreams).values({ backupId: id, name: "base", bytes: 10, sha256: a, rootHash: b, segments: 1 });
    await context.db
      .insert(packs)
      .values({ id: newId("pack"), backupId: id, key: `k/${id}`, bytes: 5, packSha256: b, storedBytes: 5, storedSha256: b });
    await context.db.insert(backupTables).values({ backupId: id, schema: "public", table: 'x"; drop', rows: 3, bytes: 9, sha256: a });
    const detail = await getBackup(viewer, { ...nothing, params: { id } });
    expect(detail).toMatchObject({
      streams: [{ sha256: a }],
      packs: [{ packSha256: b }],
      copies: [{ destinationName: "Local", state: "stored" }],
    });
    expect(detail.stockCommands).toContain("zstd -d shop_x.dump.zst -o shop_x.dump");
    expect(detail.stockCommands.at(-1)).toBe("PGDATABASE=-Fp_restored pg_restore --dbname= shop_x.dump");
    expect((await listBackupTables(viewer, { ...nothing, params: { id } })).tables).toMatchObject([
      { table: 'x"; drop', rows: 3, excluded: false },
    ]);
  });

  test("that is still being written, or is not there, is not found", async () => {
    const writing = await insertBackup(context.db, await newSource("Writing"), { state: "writing" });
    for (const id of [writing, newId("backup")]) {
      for (const verb of [getBackup, listBackupTables, listBackupValidations, getDeleteConsequences]) {
        await expect(verb(context, { ...nothing, params: { id } })).rejects.toMatchObject({
          code: "not-found",
          params: { entity: "backup", id },
        });
      }
    }
  });

  test("keeps every look at it, newest first", async () => {
    const id = await insertBackup(context.db, await newSource("Looks"));
    const look = { backupId: id, level: "verified" as const, checks: [], durationMs: 5 };
    await context.db.insert(validations).values({ ...look, id: newId("validation"), verdict: "passed", at: at(1) });
    await context.db.insert(validations).values({ ...look, id: newId("validation"), verdict: "failed", at: at(2) });
    const { validations: looks } = await listBackupValidations(context, { ...nothing, params: { id } });
    expect(looks.map((entry) => entry.verdict)).toEqual(["failed", "passed"]);
  });
});

describe("changing a backup", () => {
  test("changes what was sent, with an audit row that holds only that", async () => {
    const id = await insertBackup(context.db, await newSource("Edit"), { note: "kept" });
    const input = { params: { id }, query: {}, body: { label: "before upgrade", pinned: true } };
    expect(await updateBackup(context, { ...input, ifMatch: 1 })).toMatchObject({
      label: "before upgrade",
      note: "kept",
      pinned: true,
      version: 2,
    });
    await expect(updateBackup(context, { ...input, ifMatch: 1 })).rejects.toMatchObject({ code: "version-conflict" });
    await expect(updateBackup(context, { ...input, ifMatch: null })).rejects.toMatchObject({ code: "version-required" });
    await expect(updateBackup(viewer, { ...input, ifMatch: 2 })).rejects.toMatchObject({ code: "not-allowed" });
    const rows = await context.db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ before: { label: "", pinned: false }, after: { label: "before upgrade", pinned: true } });
  });
});

test("the consequences of a delete name dependents, what it is the last of, and what remains", async () => {
  const place = await newSource("Consequences");
  const full = await insertBackup(context.db, place, { snapshotAt: at(1) }, { verifiedAt: at(5) });
  const [{ chainId } = { chainId: "" }] = await context.db.select().from(backups).where(eq(backups.id, full));
  const child = await insertBackup(context.db, place, { chainId, kind: "incremental", snapshotAt: at(2) });
  await context.db.insert(backupDependencies).values({ backupId: child, needsId: full, reason: "packs", packId: "pck", packKey: "key" });
  expect(await getDeleteConsequences(viewer, { ...nothing, params: { id: full } })).toEqual({
    storedBytes: 400,
    dependents: [{ id: child, kind: "incremental", snapshotAt: at(2).toISOString(), storedBytes: 400, pinned: false }],
    isLastGood: false,
    isLastVerified: true,
    pinned: false,
    remaining: 1,
    graceDays: 3,
  });
  expect(await getDeleteConsequences(viewer, { ...nothing, params: { id: child } })).toMatchObject({
    dependents: [],
    isLastGood: true,
    isLastVerified: false,
  });
});
