import { execFile, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createKeyring } from "#lib/secrets/keyring";
import { createShopDatabase, describeOn } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import type { StreamChunk } from "../engines/port.ts";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import { formatCommands } from "./format-commands.ts";
import { packFileName } from "./keys.ts";
import { exampleKey, exampleSidecar } from "./sidecar-example.ts";
import { writeSidecar } from "./sidecar.ts";
import { writePack } from "./write-pack.ts";

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

    it("a real dump comes back with the commands of docs/format.md alone, every row of it", async () => {
      const shop = await createShopDatabase(server);
      const root = await temporaryFolder();
      const storage = createLocalStorage({ root });
      const written = await writePack({
        storage,
        key: exampleKey,
        packId: "pck_1",
        backupId: "bkp_1",
        kind: "full",
        base: null,
        chain: { chainId: "chn_1", seed: "00112233445566778899aabbccddeeff", averageSegmentBytes: 65_536 },
        token: "run_1.1",
        streamName: "base",
        chunks: dump(shop.name),
        signal: AbortSignal.timeout(50_000),
        onProgress: () => undefined,
      });
      await written.publish();
      const facts = { ...exampleSidecar, streams: [written.stream], packs: [written.pack] };
      await writeSidecar(storage, { packKey: exampleKey, token: "run_1.1", facts }, createKeyring(Buffer.alloc(32, 7)));

      const copy = `${shop.name}_copy`;
      const commands = formatCommands("unpack") + formatCommands("restore").replace("name=shop_restored", `name=${copy}`);
      const admin = server.admin();
      try {
        await run("bash", ["-euo", "pipefail", "-c", commands], {
          cwd: dirname(join(root, exampleKey)),
          env: { ...env, file: packFileName(exampleKey) },
        });
        const contents = (database: string) =>
          run(join(server.binDir, "pg_dump"), ["--data-only", "--column-inserts", "--restrict-key=x"], {
            env: { ...env, PGDATABASE: database },
            maxBuffer: 1 << 28,
          });
        const [original, restored] = [await contents(shop.name), await contents(copy)];
        expect(original.stdout.match(/^INSERT INTO/gm)?.length).toBeGreaterThan(1000);
        expect(restored.stdout.split("\n").sort()).toEqual(original.stdout.split("\n").sort());
      } finally {
        await admin`drop database if exists ${admin(copy)} with (force)`;
        await shop.drop();
      }
    });
  });
}
