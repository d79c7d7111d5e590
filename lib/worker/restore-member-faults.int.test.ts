import { and, eq } from "drizzle-orm";
import { copyFile, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { packs } from "#lib/db/schema/packs";
import { restores } from "#lib/db/schema/restores";
import type { BackupKind } from "#lib/domain/backup-state";
import { openPack } from "#lib/repository/read-pack";
import { createBackup } from "#lib/services/backups/run-now";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { byteThatCounts } from "#lib/testing/byte-that-counts";
import { type ChainKit, createChainKit } from "#lib/testing/chain-kit";
import { createKillGround } from "#lib/testing/kill-ground";
import { restoreKind } from "#lib/testing/kill-kinds";
import { testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { loadRun, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);

describe("a member whose base", () => {
  let kit: ChainKit;
  const ids: Partial<Record<"full" | "member" | "foreign", string>> = {};
  const db = () => kit.test.catalogue.db;

  beforeAll(async () => {
    kit = await createChainKit(server);
  });
  afterAll(() => kit.close());

  const packOf = async (which: keyof typeof ids) => {
    const [pack] = await db()
      .select()
      .from(packs)
      .where(eq(packs.backupId, ids[which] ?? ""));
    if (pack === undefined) throw new Error(`no pack of ${which}`);
    return { ...pack, path: join(kit.station.backupDir, pack.key) };
  };
  const order = (which: keyof typeof ids = "member") =>
    restoreOrder({ backupId: ids[which] ?? "", serverId: kit.serverId, database: `${kit.database.name}_never`, jobs: 1 });
  const preview = () => previewRestore(kit.context, { ...none, params: {}, body: order() });
  const restore = async () => {
    const { run, restoreId } = await createRestore(kit.context, { ...none, params: {}, body: order() });
    const ended = await untilEnded(db(), run.id);
    const [row] = await db().select().from(restores).where(eq(restores.id, restoreId));
    const there = await server.admin()`select 1 from pg_database where datname = ${`${kit.database.name}_never`}`;
    return { ended, row, there: there.length };
  };
  /** The full's file is changed, looked at, and put back. */
  const spoilt = async (spoil: (path: string) => Promise<void>, look: (key: string) => Promise<void>) => {
    const { path, key } = await packOf("full");
    await copyFile(path, `${path}.kept`);
    await spoil(path);
    await look(key);
    await rm(path, { force: true });
    await rename(`${path}.kept`, path);
  };
  const expectRefused = async (code: unknown, key: string) => {
    const { ended, row, there } = await restore();
    expect(ended).toMatchObject({ state: "failed", error: { code, params: { key } } });
    expect(row).toMatchObject({ outcome: "removed", createdDatabase: false });
    expect(there).toBe(0);
  };

  it("is whole can be restored", async () => {
    await kit.database.sql`create table pets as select i as id, md5(i::text) || md5((-i)::text) as name from generate_series(1, 20000) i`;
    ids.full = await kit.backUp("full");
    await kit.database.sql`update pets set name = 'new' where id = 19990`;
    ids.member = await kit.backUp("incremental");
    const [need] = await db().select().from(backupDependencies).where(eq(backupDependencies.backupId, ids.member));
    expect(need).toMatchObject({ needsId: ids.full, reason: "packs" });
    await kit.restore(ids.member);
    ids.foreign = await kit.backUp("full");
  });

  it.each([1, 2, 3])(
    "has a flipped bit in a range that it needs (%i) is refused before the target is touched, naming the pack",
    async (part) => {
      const flip = async (path: string) => {
        const { key } = await packOf("full");
        const { frameOffsets } = await openPack(createLocalStorage({ root: kit.station.backupDir }), key);
        const bytes = await readFile(path);
        const wanted = Math.floor((bytes.length * part) / 5);
        const begin = frameOffsets.findLast((offset) => offset <= wanted) ?? 0;
        const frame = bytes.subarray(
          begin,
          frameOffsets.find((offset) => offset > wanted),
        );
        // A bit that a decoder does not look at damages the file, and not the member.
        frame[byteThatCounts(frame, 1 << part, wanted - begin)]! ^= 1 << part;
        await writeFile(path, bytes);
      };
      await spoilt(flip, async (key) => {
        expect((await preview()).blockers).toEqual([]);
        await expectRefused("pack-damaged", key);
      });
    },
  );

  it("is shorter than it was is a blocker in the preview, and refused before any work, naming the pack", async () => {
    await spoilt(
      (path) => truncate(path, 1000),
      async (key) => {
        expect((await preview()).blockers).toMatchObject([{ code: "pack-truncated", params: { key, actualBytes: 1000 } }]);
        await expectRefused("pack-truncated", key);
      },
    );
  });

  it("is missing is a blocker in the preview, and refused before any work, naming the pack", async () => {
    await spoilt(rm, async (key) => {
      const { blockers, plan } = await preview();
      expect(blockers).toMatchObject([{ code: "chain-broken", params: { key } }]);
      expect(plan.packs.map(({ present }) => present)).toEqual([false, true]);
      await expectRefused("chain-broken", key);
    });
  });

  it("is not known to the catalogue any more is refused, naming the pack", async () => {
    const { id, key } = await packOf("full");
    const needed = and(eq(backupDependencies.backupId, ids.member ?? ""), eq(backupDependencies.packId, id));
    await db().update(backupDependencies).set({ packId: "pack_gone" }).where(needed);
    expect((await preview()).blockers).toMatchObject([{ code: "chain-broken", params: { key } }]);
    await expectRefused("chain-broken", key);
    await db().update(backupDependencies).set({ packId: id }).where(eq(backupDependencies.packId, "pack_gone"));
  });

  it("was exchanged for the full of another chain is refused before the target is touched, naming the pack", async () => {
    const foreign = await packOf("foreign");
    await spoilt(
      (path) => copyFile(foreign.path, path),
      (key) => expectRefused(expect.stringMatching(/^pack-(truncated|damaged)$/), key),
    );
  });

  it("was put back restores again", async () => {
    await expect(kit.restore(ids.member ?? "")).resolves.toMatch(kit.database.name);
  });
});

it("is reconciled where a worker dies while it restores a member: a whole new database or none", async () => {
  const ground = await createKillGround();
  try {
    const { context, sourceId, db } = ground;
    const make = async (kind: BackupKind) =>
      (await createBackup(context, { ...none, params: {}, body: { sourceId, kind, reason: "", note: "" } })).id;
    await ground.anyBackup();
    await ground.source.sql`update pets set name = 'new' where id = 8999`;
    let runId = "";
    await ground.rehearse(async () => (runId = await make("incremental")));
    const { backupId } = await loadRun(db, runId);
    const needs = await db
      .select()
      .from(backupDependencies)
      .where(eq(backupDependencies.backupId, backupId ?? ""));
    expect(needs).toHaveLength(1);
    const kind = restoreKind({ ...ground, anyBackup: () => Promise.resolve(backupId ?? "") });
    for (const death of ["storage.readRange", "engine.createDatabase done", "engine.load", "engine.digestCopy done"]) {
      const lost = await ground.die(death, kind.start);
      expect(await loadRun(db, lost)).toMatchObject({ state: "failed", error: { code: "worker-lost" } });
      await kind.judge(lost, null);
    }
    await ground.rehearse(async () => (runId = await kind.start()));
    await kind.judge(runId, null);
  } finally {
    await ground.close();
  }
});
