import { eq } from "drizzle-orm";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { restorePreview, type createRestore as contract } from "#lib/contracts/restores";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { servers } from "#lib/db/schema/servers";
import { listRestorePoints } from "#lib/services/restore-points/list";
import { loadEstimate } from "#lib/services/restores/past-restores";
import { getRestore } from "#lib/services/restores/get";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { newId } from "#lib/testing/catalogue-rows";
import { type ChainKit, createChainKit } from "#lib/testing/chain-kit";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import { inDatabase, markerOf } from "#lib/testing/replaceable";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;

type Member = { readonly id: string; readonly at: Date };
type Order = Partial<z.input<typeof contract.body>>;

function toDate(server: TestServer): void {
  let kit: ChainKit;
  /** Of the same server, but an entry of its own: it answers when the source's does not. */
  let targetId: string;
  const made: Member[] = [];
  const created: string[] = [];
  const db = () => kit.test.catalogue.db;
  const member = (index: number): Member => made[index] ?? { id: "", at: new Date(0) };
  const between = (index: number) => new Date((member(index).at.getTime() + member(index + 1).at.getTime()) / 2).toISOString();
  const freshName = () => {
    const name = `${kit.database.name}_to_date_${created.length}`;
    created.push(name);
    return name;
  };
  const body = (order: Order) => restoreOrder({ sourceId: kit.sourceId, serverId: targetId, database: "not_there", jobs: 1, ...order });
  const preview = (order: Order) => previewRestore(kit.context, { ...none, params: {}, body: body(order) });
  const restore = async (order: Order) => {
    const { run, restoreId } = await createRestore(kit.context, { ...none, params: {}, body: body(order) });
    const ended = await untilEnded(db(), run.id);
    return { ended, found: await getRestore(kit.context, { ...none, params: { id: restoreId }, body: {} }) };
  };
  const backUp = async (kind: "full" | "incremental") => {
    const id = await kit.backUp(kind);
    const [row] = await db().select({ at: backups.snapshotAt, kind: backups.kind }).from(backups).where(eq(backups.id, id));
    expect(row?.kind).toBe(kind);
    made.push({ id, at: row?.at ?? new Date(0) });
  };

  beforeAll(async () => {
    kit = await createChainKit(server);
    targetId = (await addSource(kit.context, server, "elsewhere")).serverId;
  });
  afterAll(async () => {
    for (const name of created) await server.admin().unsafe(`drop database if exists "${name}" with (force)`);
    await kit.close();
  });

  it("has a chain to begin with", async () => {
    const { sql } = kit.database;
    await sql.unsafe(`
      create table marker (text text not null);
      insert into marker values ('one');
      create table pets as select i as id, md5(i::text) || md5((-i)::text) as name from generate_series(1, 20000) i;
      create table old_news as select 1 as id;
    `);
    await backUp("full");
    await sql.unsafe("update marker set text = 'two'; insert into pets select i, 'new' from generate_series(1, 7) i");
    await backUp("incremental");
    await sql.unsafe("update marker set text = 'three'; delete from pets where id between 101 and 200");
    await backUp("incremental");
    // What nobody backed up: it is lost in every restore.
    await sql.unsafe("update marker set text = 'now'; create table fresh as select generate_series(1, 4) as id; drop table old_news");
    expect(made).toHaveLength(3);
  });

  describe("the plan for a date", () => {
    it("is refused before the first backup, naming the date", async () => {
      const at = new Date(member(0).at.getTime() - 1).toISOString();
      await expect(preview({ at })).rejects.toMatchObject({ code: "no-restore-point", params: { at } });
    });

    it.each([
      ["exactly at the first one", () => member(0).at.toISOString(), 0],
      ["between the first and the second", () => between(0), 0],
      ["exactly at the second one", () => member(1).at.toISOString(), 1],
      ["between the second and the third", () => between(1), 1],
      ["now", () => new Date().toISOString(), 2],
    ])("chooses the newest backup %s", async (_, at, index) => {
      const wantedAt = at();
      const found = await preview({ at: wantedAt });
      expect(restorePreview.parse(found)).toEqual(found);
      expect(found).toMatchObject({ backupId: member(index).id, blockers: [], databaseExists: false });
      const gapMs = Date.parse(wantedAt) - member(index).at.getTime();
      expect(found.plan).toMatchObject({ wantedAt, snapshotAt: member(index).at.toISOString(), gapSeconds: Math.floor(gapMs / 1000) });
    });

    it("names the packs in the order of the chain, with what is read of each", async () => {
      const { plan } = await preview({ at: new Date().toISOString() });
      expect(plan.packs.map(({ backupId }) => backupId)).toEqual(made.map(({ id }) => id));
      expect(plan.packs.every(({ present, readBytes, packBytes, ranges }) => present && readBytes <= packBytes && ranges > 0)).toBe(true);
      expect(plan.readBytes).toBe(plan.packs.reduce((sum, { readBytes }) => sum + readBytes, 0));
      expect(plan).toMatchObject({ kind: "incremental", destinationName: expect.any(String) });
      const points = await listRestorePoints(kit.context, { ...none, params: {}, query: { source: kit.sourceId }, body: {} });
      expect(points.points.map(({ packs }) => packs)).toEqual([1, 2, 3]);
    });

    it("counts what would be lost, exactly: new and missing tables as well", async () => {
      const { changes, changesProblem } = (await preview({ at: between(1) })).plan;
      expect(changesProblem).toBeNull();
      expect(changes).toMatchObject({ unchanged: 1, truncated: false });
      const [old, pets, fresh] = ["old_news", "pets", "fresh"].map((name) => changes?.tables.find(({ table }) => table === name));
      expect(pets).toEqual({ schema: "public", table: "pets", backupRows: 20_007, sourceRows: 19_907, exact: true });
      expect(fresh).toEqual({ schema: "public", table: "fresh", backupRows: null, sourceRows: 4, exact: true });
      expect(old).toEqual({ schema: "public", table: "old_news", backupRows: 1, sourceRows: null, exact: true });
      expect(changes?.tables[0]?.table).toBe("pets");
    });

    it("looks at the chosen tables alone where only some are restored", async () => {
      const { changes } = (await preview({ at: between(1), tables: [{ schema: "public", table: "pets" }] })).plan;
      expect(changes?.tables.map(({ table }) => table)).toEqual(["pets"]);
    });

    /** The plan while the source's address leads to another port; the target's does not. */
    const previewWithSourceAt = async (port: number) => {
      await db().update(servers).set({ port }).where(eq(servers.id, kit.serverId));
      const begun = performance.now();
      const found = await preview({ at: between(1) });
      await db().update(servers).set({ port: server.port }).where(eq(servers.id, kit.serverId));
      expect(performance.now() - begun).toBeLessThan(20_000);
      expect(found).toMatchObject({ backupId: member(1).id, blockers: [], plan: { changes: null } });
      return found.plan.changesProblem;
    };

    it("says why nothing is told of the source when that is down, and plans all the same", async () => {
      expect(await previewWithSourceAt(1)).toMatchObject({ code: "connection-refused", message: expect.stringContaining("port 1") });
    });

    it("is there in time, and says why, when the source takes the connection and never answers", async () => {
      const silent = createServer().listen(0, "127.0.0.1");
      await once(silent, "listening");
      try {
        expect(await previewWithSourceAt((silent.address() as AddressInfo).port)).toMatchObject({ code: "connection-lost" });
      } finally {
        silent.close();
      }
    });

    it("has no estimate without a past restore", async () => {
      expect((await preview({ at: between(1) })).plan.estimate).toBeNull();
    });
  });

  describe("a restore to a date", () => {
    it("gives the rows of that moment, and keeps what was asked for", async () => {
      const [at, database] = [between(1), freshName()];
      const { ended, found } = await restore({ at, database, plannedBackupId: member(1).id, estimatedMs: 1234 });
      expect(ended).toMatchObject({ state: "succeeded", error: null, warnings: [] });
      expect(found).toMatchObject({ backupId: member(1).id, wantedAt: at, snapshotAt: member(1).at.toISOString(), estimatedMs: 1234 });
      expect(found.comparison).toMatchObject({ different: 0 });
      expect(await markerOf(server, database)).toBe("two");
      expect(await inDatabase(server, database, (sql) => sql`select count(*)::int as rows from pets`)).toMatchObject([{ rows: 20_007 }]);
      const [told] = await db().select().from(auditEvents).where(eq(auditEvents.targetId, found.id)).orderBy(auditEvents.at);
      expect(told?.after).toMatchObject({ wantedAt: at, snapshotAt: member(1).at.toISOString(), backupId: member(1).id });
    });

    it("is estimated by past ones from then on, and says by how many", async () => {
      const { plan, streamBytes } = await preview({ at: between(0) });
      expect(plan.estimate).toMatchObject({ basedOn: 1, of: "source" });
      const { bytesPerSecond = 0, milliseconds = 0 } = plan.estimate ?? {};
      expect(milliseconds).toBeGreaterThan(0);
      expect(Math.abs(milliseconds - (streamBytes / bytesPerSecond) * 1000)).toBeLessThan(0.01 * milliseconds + 1);
      // A source that was never restored goes by the others of its kind.
      const another = { bytes: streamBytes, sourceId: newId("source") };
      expect(await loadEstimate(db(), { ...another, engine: "postgres" })).toEqual({ ...plan.estimate, of: "installation" });
      expect(await loadEstimate(db(), { ...another, engine: "sqlite" })).toBeNull();
    });

    it("is not another one than was planned", async () => {
      const order = body({ at: between(1), database: freshName(), plannedBackupId: member(0).id });
      await expect(createRestore(kit.context, { ...none, params: {}, body: order })).rejects.toMatchObject({
        code: "plan-changed",
        params: { backupId: member(1).id },
      });
    });

    it("goes to an older backup once the newest is known as damaged", async () => {
      const failure = { code: "pack-damaged", params: { key: "k", detail: "a flipped bit" } } as const;
      await db()
        .update(copies)
        .set({ failedAt: new Date(), failure })
        .where(eq(copies.backupId, member(2).id));
      const found = await preview({ at: new Date().toISOString() });
      expect(found.backupId).toBe(member(1).id);
      const named = await previewRestore(kit.context, {
        ...none,
        params: {},
        body: restoreOrder({ backupId: member(2).id, serverId: targetId, database: "not_there" }),
      });
      expect(named.blockers).toMatchObject([failure]);
      await db()
        .update(copies)
        .set({ failedAt: null, failure: null })
        .where(eq(copies.backupId, member(2).id));
    });

    it("can take the place of a database that is there", async () => {
      const database = freshName();
      await server.admin().unsafe(`create database "${database}"`);
      await inDatabase(server, database, (sql) => sql.unsafe("create table marker (text text); insert into marker values ('live')"));
      const replace = { mode: "replace", confirmName: database, targetEnvironment: "development" } as const;
      expect(await preview({ at: between(0), database, ...replace })).toMatchObject({
        backupId: member(0).id,
        blockers: [],
        replace: { strategy: "swap" },
      });
      const { ended, found } = await restore({ at: between(0), database, plannedBackupId: member(0).id, ...replace });
      expect(ended).toMatchObject({ state: "succeeded", error: null });
      created.push(found.replacement?.keptName ?? "");
      expect(found).toMatchObject({ outcome: "replaced", wantedAt: between(0), replacement: { answers: "new" } });
      expect(await markerOf(server, database)).toBe("one");
    });
  });
}

describeOn(17, toDate);
