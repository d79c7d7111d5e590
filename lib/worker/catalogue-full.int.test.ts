import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster } from "#lib/clusters/cluster";
import { findClusterUser } from "#lib/clusters/os-user";
import { openCatalogue } from "#lib/db/client";
import { migrateCatalogue } from "#lib/db/migrate";
import { backups } from "#lib/db/schema/backups";
import { toLifeboatError } from "#lib/http/problem";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { testContext } from "#lib/testing/context";
import { createShopDatabase, testServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSource, createStation, loadRun, untilEnded } from "#lib/testing/worker-setup";
import { whyNoMount } from "#lib/testing/why-no-mount";
import { enduranceOf } from "./start-from-env.ts";

// FAULTS.md line 4: a full disk under the catalogue itself.
const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const clean: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of clean.splice(0).reverse()) await undo();
});

const noMount = await whyNoMount();

/** A catalogue in a cluster of its own on a small disk. */
async function smallCatalogue() {
  const root = await mkdtemp(join(tmpdir(), "lifeboat-small-"));
  await chmod(root, 0o711);
  clean.push(() => rm(root, { recursive: true, force: true }));
  const disk = join(root, "disk");
  await mkdir(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m,mode=0711", "tmpfs", disk], { stdio: "pipe" });
  clean.push(() => void execFileSync("umount", ["-l", disk]));
  const cluster = await startCluster({
    name: "small",
    dataDir: join(disk, "data"),
    binDir: server.binDir,
    password: "only-for-this-test",
    osUser: await findClusterUser(quietLogger),
    settings: { max_wal_size: "32MB", min_wal_size: "32MB", autovacuum: "off" },
    logger: quietLogger,
  });
  clean.push(() => cluster.stop("immediate"));
  const url = cluster.url("postgres");
  await migrateCatalogue(url);
  const catalogue = openCatalogue(url, { applicationName: "lifeboat-test", max: 4 });
  clean.push(() => catalogue.close());
  return { url, catalogue, filler: join(disk, "filler") };
}

describe.skipIf(noMount !== null)(`a full disk under the catalogue${noMount === null ? "" : ` (${noMount})`}`, () => {
  it("makes a backup wait and web say so; nothing is lost, and it goes on when there is room", async () => {
    const { url, catalogue, filler } = await smallCatalogue();
    const { db } = catalogue;
    const context = testContext(catalogue);
    const shop = await createShopDatabase(server);
    clean.push(() => shop.drop());
    const { sourceId } = await addSource(context, server, shop.name);
    const station = await createStation({ catalogue, url, context });
    clean.push(() => station.remove());
    const backUp = async () =>
      (await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } })).id;
    const reached = Promise.withResolvers<void>();
    const full = Promise.withResolvers<void>();
    let held = false;
    const worker = await station.startWorker({
      outage: enduranceOf(quietLogger),
      change: (deps) => ({
        ...deps,
        repository: {
          ...deps.repository,
          write: async (request) => {
            const written = await deps.repository.write(request);
            if (held) {
              reached.resolve();
              await full.promise;
            }
            return written;
          },
        },
      }),
    });
    clean.push(() => worker.stop());
    const good = (await untilEnded(db, await backUp())).backupId ?? "";
    held = true;
    const id = await backUp();
    await reached.promise;
    // All room goes, also what is left in the pages of the tables.
    await writeFile(filler, Buffer.alloc(1024 * 1024)).catch(() => undefined);
    const fill = () => execFileSync("sh", ["-c", `cat /dev/zero >> "${filler}" 2>/dev/null || true`]);
    fill();
    const isFull = async () => {
      const row = { actorType: "system", actorName: "filler" };
      const text = "x".repeat(7_000);
      const [failed] = await Promise.allSettled([
        catalogue.sql`insert into lifeboat.audit_events (id, at, actor_type, actor_name, action, target_type, target_name)
          select 'aud_' || gen_random_uuid(), now(), ${row.actorType}, ${row.actorName}, 'filler', 'none', ${text} from generate_series(1, 50)`,
      ]);
      fill();
      return failed?.status === "rejected" ? toLifeboatError(failed.reason).code : null;
    };
    await expect.poll(isFull).toBe("catalogue-full");
    full.resolve();
    // What was good stays good and can be read while there is no room.
    expect((await db.select().from(backups).where(eq(backups.id, good)))[0]?.state).toBe("available");
    expect((await loadRun(db, id)).state).toBe("running");
    await rm(filler);
    expect(await untilEnded(db, id)).toMatchObject({ state: "succeeded", error: null, fencingToken: 1 });
    const verify = await verifyBackup(context, { ...none, params: { id: good }, body: {} });
    expect(await untilEnded(db, verify.id)).toMatchObject({ state: "succeeded", error: null });
  });
});
