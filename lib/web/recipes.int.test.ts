import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CodecPool, createCodecPool } from "#lib/repository/codec-pool";
import { insertBackup, insertDestination, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { removeFolder } from "#lib/testing/temporary-folder";
import { bearerToken, testRuntime } from "#lib/testing/web-runtime";
import { createWebServer } from "./server.ts";
import { stopServer } from "./stop-server.ts";

const run = promisify(execFile);

/** The first block of code of a recipe: the client. */
async function clientOf(recipe: string): Promise<string> {
  const text = await readFile(join("docs", "recipes", `${recipe}.md`), "utf8");
  return /^```\w+\n(.*?)^```$/ms.exec(text)?.[1] ?? "";
}

/** Its limit of a second or two, which a busy machine goes beyond, made one of a minute. */
function patient(client: string): string {
  const changed = client.replace(/(?<=--max-time |\btimeout=)\d+\b/, "60").replace(/\btimeout\(\d+\)/, "timeout(60_000)");
  expect(changed).not.toBe(client);
  return changed;
}

/** How each client is called from a program of its language; it prints the state, or what stands for none. */
const recipes: readonly (readonly [string, string, string, (client: string) => string])[] = [
  ["curl", "client.sh", "bash", (client) => `set -eu\n${client}\nlifeboat_if_stale 7d\n`],
  ["express", "client.mjs", process.execPath, (client) => `${client}\nconsole.log(await backUpIfStale("7d"));\n`],
  ["flask", "client.py", "python3", (client) => `${client}\nback_up_if_stale_soon("7d")\nprint(back_up_if_stale("7d"))\n`],
  ["django", "client.py", "python3", (client) => `${client}\nprint(back_up_if_stale(sender=None, verbosity=1))\n`],
];

describe.each(recipes)("the client of the recipe %s", (recipe, fileName, program, callOf) => {
  let home: TestCatalogue;
  let pool: CodecPool;
  let server: Server;
  let silent: Server;
  let folder: string;
  let token: string;
  let sourceId: string;

  const origin = (of: Server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;

  beforeAll(async () => {
    home = await createCatalogue();
    const { db } = home.catalogue;
    const runtime = testRuntime(home.catalogue);
    pool = createCodecPool({ threads: 1 });
    sourceId = await insertSource(db, await insertServer(db));
    token = await bearerToken(runtime, "admin", { scopes: ["backups:create"] });
    server = createWebServer(runtime, () => Promise.resolve(), { storage: () => Promise.reject(new Error("none")), pool });
    silent = createServer(() => undefined);
    for (const each of [server, silent]) {
      each.listen(0, "127.0.0.1");
      await once(each, "listening");
    }
    folder = await mkdtemp(join(tmpdir(), "lifeboat-recipes-"));
    const client = await clientOf(recipe);
    await writeFile(join(folder, fileName), callOf(client));
    await mkdir(join(folder, "patient"));
    await writeFile(join(folder, "patient", fileName), callOf(patient(client)));
  });
  afterAll(async () => {
    silent.closeAllConnections();
    silent.close();
    await stopServer(server);
    await pool.close();
    await home.drop();
    await removeFolder(folder);
  });

  /** Throws where the program does not end with 0. */
  const call = (url: string, { secret = token, within = "." } = {}) => {
    const told = { LIFEBOAT_URL: url, LIFEBOAT_SOURCE: sourceId, LIFEBOAT_TOKEN: secret };
    const env = { PATH: process.env["PATH"], NODE_ENV: "test" as const, ...told };
    return run(program, [join(folder, within, fileName)], { env, timeout: 120_000 });
  };

  it("starts a backup, hears that one is on its way, and later that it is fresh", async () => {
    const ask = async () => (await call(origin(server), { within: "patient" })).stdout;
    expect(await ask()).toMatch(/started|running/);
    expect(await ask()).toContain("running");
    await insertBackup(home.catalogue.db, { sourceId, destinationId: await insertDestination(home.catalogue.db) });
    expect(await ask()).toContain("fresh");
  });

  it("holds nobody up and breaks nothing where Lifeboat refuses, is silent or is not there", async () => {
    const without = async (url: string, secret = token) => {
      const begunMs = performance.now();
      const { stdout, stderr } = await call(url, { secret });
      expect(stdout).not.toMatch(/fresh|started|running/);
      expect(stderr).toContain("no safety backup was asked for");
      expect(stdout + stderr).not.toContain(token);
      return performance.now() - begunMs;
    };
    const refusedMs = await without(origin(server), "lfb_wrong");
    const silentMs = await without(origin(silent));
    await without("http://127.0.0.1:1");
    // Beyond what the program and its language take on this machine just now.
    expect(silentMs - refusedMs).toBeLessThan(10_000);
  });
});
