import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createKeyring } from "#lib/secrets/keyring";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, testRuntime } from "#lib/testing/web-runtime";
import { createStation, type Station } from "#lib/testing/worker-setup";
import { type Ended, runCli, startCli } from "./cli-fixture.ts";

const key = "5e".repeat(32);

/** An installation that really runs: a catalogue, a web server in a process of its own, workers, and the command line against it. */
export type Installation = {
  readonly test: TestCatalogue;
  readonly context: TestContext;
  readonly station: Station;
  readonly baseUrl: string;
  readonly token: string;
  readonly env: Readonly<Record<string, string>>;
  /** In this process, which saves a second of start each time. */
  readonly run: (...args: string[]) => Promise<Ended>;
  /** The same on a terminal, which sees progress. */
  readonly watch: (...args: string[]) => Promise<Ended>;
  /** In a process of its own. */
  readonly start: (...args: string[]) => ReturnType<typeof startCli>;
  readonly stop: () => Promise<void>;
};

export async function startInstallation(): Promise<Installation> {
  const test = await createCatalogue();
  const context = testContext(test.catalogue, { keyring: createKeyring(Buffer.from(key, "hex")) });
  const station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  const config = { databaseUrl: test.url, key, backupDir: station.backupDir };
  const web = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "../testing/killable-web.ts")], {
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "test", LIFEBOAT_TEST_CONFIG: JSON.stringify(config) },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = once(web, "exit").then(() => Promise.reject(new Error("the web server ended before it listened")));
  const [{ port }] = (await Promise.race([once(web, "message"), gone])) as [{ port: number }];
  const baseUrl = `http://127.0.0.1:${port}`;
  const token = await bearerToken(testRuntime(test.catalogue), "admin");
  const env = { LIFEBOAT_URL: baseUrl, LIFEBOAT_TOKEN: token };
  return {
    test,
    context,
    station,
    baseUrl,
    token,
    env,
    run: async (...args) => await runCli("lifeboat", args, env),
    watch: async (...args) => await runCli("lifeboat", args, env, { watched: true }),
    start: (...args) => startCli("lifeboat", args, env),
    stop: async () => {
      const gone = once(web, "exit");
      web.kill("SIGKILL");
      await gone;
      await station.remove();
      await test.drop();
    },
  };
}
