import { execFile, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createKeyring } from "#lib/secrets/keyring";
import { createShopDatabase, describeOn } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import type { StreamChunk } from "../engines/port.ts";
import { createCodecPool } from "./codec-pool.ts";
import { formatCommands } from "./format-commands.ts";
import { packFileName } from "./keys.ts";
import { openMember } from "./open-member.ts";
import { type StoredPack, storePack } from "./pack-fixture.ts";
import { recipeLines } from "./recipe-lines.ts";
import { exampleKey, exampleSidecar } from "./sidecar-example.ts";
import { writeSidecar } from "./sidecar.ts";

const run = promisify(execFile);

for (const slot of [15, 17] as const) {
  describeOn(slot, (server) => {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      PATH: `${server.binDir}:${process.env["PATH"]}`,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.superuser,
      PGPASSWORD: server.password,
    };

    async function* dump(database: string): AsyncIterable<StreamChunk> {
      const tool = spawn(join(server.binDir, "pg_dump"), ["-Fc", "-Z0"], {
        env: { ...env, PGDATABASE: database },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exit = new Promise<number | null>((resolve) => tool.on("close", resolve));
      for await (const bytes of tool.stdout as AsyncIterable<Buffer>) yield { bytes, cut: false };
      expect(await exit).toBe(0);
    }

    const contents = async (database: string) => {
      const { stdout } = await run(join(server.binDir, "pg_dump"), ["--data-only", "--column-inserts", "--restrict-key=x"], {
        env: { ...env, PGDATABASE: database },
        maxBuffer: 1 << 28,
      });
      return stdout.split("\n").sort();
    };

    it("real dumps, a full and a member, come back with the commands of docs/format.md alone, every row of them", async () => {
      const shop = await createShopDatabase(server);
      const root = await temporaryFolder();
      const pool = createCodecPool({ threads: 1 });
      const copy = `${shop.name}_copy`;
      const admin = server.admin();
      /** Follows the page for one stored backup and compares what comes of it with the database as it is. */
      const comesBack = async (stored: StoredPack, blocks: string) => {
        const { storage, backup, pack, written, stream } = stored;
        const recipe = recipeLines(
          await openMember(storage, backup),
          backup.needs.map((need) => need.packId),
        );
        const told = { streams: [stream], packs: [written.pack], needs: [...written.needs], recipe };
        await writeSidecar(
          storage,
          { packKey: pack.key, token: "run_1.1", facts: { ...exampleSidecar, ...told } },
          createKeyring(Buffer.alloc(32, 7)),
        );
        const cwd = dirname(stored.path);
        await run("bash", ["-euo", "pipefail", "-c", blocks.replace("name=shop_restored", `name=${copy}`)], {
          cwd,
          env: { ...env, file: packFileName(pack.key) },
        });
        const [original, restored] = [await contents(shop.name), await contents(copy)];
        expect(original.filter((line) => line.startsWith("INSERT INTO")).length).toBeGreaterThan(1000);
        expect(restored).toEqual(original);
        await admin`drop database ${admin(copy)} with (force)`;
        await rm(join(cwd, "stream.dump"));
      };
      try {
        const common = { root, pool, averageSegmentBytes: 4096 };
        const full = await storePack({ ...common, name: "1", bytes: dump(shop.name), base: null, key: exampleKey });
        await comesBack(full, formatCommands("unpack") + formatCommands("restore"));
        await shop.sql`create table later as select i as id, md5(i::text) as name from generate_series(1, 50) i`;
        const key = exampleKey.replace("_full_1a2b3c4d", "_incremental_1a2b3c4e");
        const member = await storePack({ ...common, name: "2", bytes: dump(shop.name), base: [full.pack], key });
        expect(member.written.needs).toHaveLength(1);
        expect(member.pack.bytes).toBeLessThan(full.pack.bytes);
        await comesBack(member, formatCommands("rebuild") + formatCommands("restore"));
      } finally {
        await pool.close();
        await admin`drop database if exists ${admin(copy)} with (force)`;
        await shop.drop();
      }
    });
  });
}
