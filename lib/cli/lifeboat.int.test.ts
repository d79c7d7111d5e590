import { createHash } from "node:crypto";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createShopDatabase, type TestDatabase, testServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { bearerToken, testRuntime } from "#lib/testing/web-runtime";
import { addSource } from "#lib/testing/worker-setup";
import type { Worker } from "#lib/worker/worker";
import { type Ended, runCli } from "./cli-fixture.ts";
import { type Installation, startInstallation } from "./web-fixture.ts";

const server = testServer(15);
let home: Installation;
let shop: TestDatabase;
let worker: Worker;
let beforeAnySource: Ended;

beforeAll(async () => {
  home = await startInstallation();
  beforeAnySource = await home.run("status");
  shop = await createShopDatabase(server);
  await addSource(home.context, server, shop.name, { name: "shop" });
  await addSource(home.context, server, "is_not_there", { name: "gone" });
  worker = await home.station.startWorker({ tickMs: 50 });
});
afterAll(async () => {
  await worker.stop();
  await home.stop();
  await shop.drop();
});

const json = (text: string) =>
  JSON.parse(text) as Record<string, unknown> & { backup: { id: string }; checks: { state: string; what: string }[] };

describe("the command line against a running Lifeboat", () => {
  it("backs up, verifies, previews, restores and downloads", async () => {
    const backup = await home.run("backup", "--source", "Shop", "--verify", "--json");
    expect(backup).toMatchObject({ code: 0 });
    const { id } = json(backup.out).backup;
    expect((await home.run("sources")).out).toMatch(/^shop +server/m);
    expect((await home.run("backups", "--source", "shop")).out).toMatch(new RegExp(`^${id} +shop +full .* verified `, "m"));
    expect(await home.run("verify", id)).toMatchObject({ code: 0, out: expect.stringContaining("is whole") as unknown });

    const database = `${shop.name}_cli`;
    const name = await serverName();
    const where = ["--server", name, "--database", database];
    expect(await home.run("preview", "--source", "shop", ...where)).toMatchObject({
      code: 0,
      out: expect.stringContaining("(new)") as unknown,
    });
    const restored = await home.run("restore", id, ...where);
    expect(restored).toMatchObject({ code: 0, out: expect.stringContaining(`created ${database}`) as unknown });
    const again = await home.run("restore", id, ...where);
    expect(again).toMatchObject({ code: 5, err: expect.stringContaining("blocked") as unknown });
    await server.admin().unsafe(`drop database "${database}" with (force)`);

    const folder = await temporaryFolder();
    const out = join(folder, "shop.dump");
    const downloaded = await home.run("download", id, "--out", out, "--json");
    expect(downloaded).toMatchObject({ code: 0 });
    const sha256 = createHash("sha256").update(readFileSync(out)).digest("hex");
    expect(json(downloaded.out)).toMatchObject({ sha256, resumedFrom: 0 });
    expect((await home.run("download", id, "--out", out)).code).toBe(1);
    const nowhere = await home.run("download", id, "--out", join(folder, "missing/shop.dump"));
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining(`${join(folder, "missing")} is no folder`) as unknown });
    // What an interrupted download leaves: a part, and what it is a part of.
    const part = join(folder, "again.dump");
    writeFileSync(`${part}.part`, readFileSync(out));
    truncateSync(`${part}.part`, 1_000);
    writeFileSync(`${part}.part.etag`, sha256);
    const resumed = await home.run("download", id, "--out", part, "--json");
    expect(json(resumed.out)).toMatchObject({ sha256, resumedFrom: 1_000 });
    expect(readFileSync(part).equals(readFileSync(out))).toBe(true);
    // A part that is not what it says is found, and is gone.
    writeFileSync(`${part}.part`, Buffer.alloc(1_000, 7));
    writeFileSync(`${part}.part.etag`, sha256);
    expect(await home.run("download", id, "--out", part, "--force")).toMatchObject({ code: 5 });
    expect(existsSync(`${part}.part`)).toBe(false);
  });

  it("a backup that fails is an exit code of 1 with its reason and what to do", async () => {
    const ended = await home.run("backup", "--source", "gone");
    expect(ended).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/is_not_there/) as unknown });
  });

  it("tells apart what was not understood, not reached and not allowed", async () => {
    expect(await home.run("backup", "--source", "shoop")).toMatchObject({ code: 2, err: expect.stringContaining("shop") as unknown });
    expect(await home.start("nonsense").ended).toMatchObject({ code: 2, err: expect.stringContaining("no command nonsense") as unknown });
    expect((await home.run("sources", "--limt", "3")).code).toBe(2);
    const wrong = await runCli("lifeboat", ["sources", "--json"], { LIFEBOAT_URL: home.baseUrl, LIFEBOAT_TOKEN: "lbt_wrong" });
    expect(wrong.code).toBe(3);
    expect(JSON.parse(wrong.out)).toMatchObject({ error: { code: "not-signed-in", exit: 3 } });
    const viewer = await bearerToken(testRuntime(home.test.catalogue), "viewer");
    expect((await runCli("lifeboat", ["backup", "-s", "shop"], { ...home.env, LIFEBOAT_TOKEN: viewer })).code).toBe(3);
  });

  it("validate and status say what is well and what is not", async () => {
    const validated = await home.run("validate", "--json");
    expect(json(validated.out).checks).toContainEqual(expect.objectContaining({ state: "ok", what: `${home.baseUrl} answers` }));
    expect((await home.run("validate", "--server-url", "http://127.0.0.1:9")).code).toBe(3);
    // Nothing of one's own is backed up: a script that asks each night is not told that all is well.
    expect(beforeAnySource).toMatchObject({ code: 1, out: expect.stringContaining("Nothing is protected yet") as unknown });
    const status = await home.run("status");
    expect(status).toMatchObject({ code: 1, out: expect.stringMatching(/gone/) as unknown });
  });
});

describe("policies from the command line", () => {
  it("chooses a policy, simulates it, and cleans up by it", async () => {
    const policies = await home.run("policy", "list", "--json");
    expect(policies).toMatchObject({ code: 0 });
    const [policy] = (JSON.parse(policies.out) as { policies: { name: string }[] }).policies;
    const name = policy?.name ?? "";
    expect(await home.run("policy", "set", "--source", "shop", "--policy", name)).toMatchObject({ code: 0, out: `shop keeps: ${name}\n` });
    expect((await home.run("policy", "show", "--source", "shop")).out).toContain(`shop keeps: ${name}`);
    const simulated = await home.run("policy", "simulate", "--source", "shop", "--day", "30");
    expect(simulated).toMatchObject({ code: 0, out: expect.stringMatching(/^keep +full .*bkp_/m) as unknown });
    expect(await home.run("cleanup", "--source", "shop", "--dry-run")).toMatchObject({
      code: 0,
      err: expect.stringContaining("0 would go") as unknown,
    });
    expect(await home.run("cleanup", "--source", "shop")).toMatchObject({
      code: 0,
      out: expect.stringContaining("cleaned up shop") as unknown,
    });
    const cleanups = async () => await home.test.catalogue.sql`select id from lifeboat.runs where type = 'clean-up'`;
    const before = await cleanups();
    expect(await home.run("cleanup", "--source", "shop", "--", "--dry-run")).toMatchObject({ code: 2, out: "" });
    expect(await cleanups()).toEqual(before);
    expect((await home.run("backups", "--source", "shop", "--json")).out).toContain("bkp_");
    expect(await home.run("drill", "--source", "gone")).toMatchObject({ code: 1, err: expect.stringMatching(/\S/) as unknown });
    expect((await home.run("drill", "list")).code).toBe(0);
  });
});

it("each command that tells something tells it as one document with --json", async () => {
  // What is masked in a note takes nothing of the document with it.
  const noted = await home.run("backup", "--source", "shop", "--note", "rotate password: done", "--json");
  const backup = json(noted.out).backup.id;
  const to = ["--server", await serverName(), "--database", `${shop.name}_json`];
  // Whether all is well here depends on the tools of the machine.
  const either = expect.toBeOneOf([0, 1]) as unknown;
  const asked: readonly (readonly [string[], string, unknown?])[] = [
    [["sources"], "sources"],
    [["backups", "--source", "shop"], "backups"],
    [["verify", backup], "verified"],
    [["preview", backup, ...to], "plan"],
    [["status"], "verdict", 1],
    [["validate"], "checks", either],
    [["cleanup", "--source", "shop", "--dry-run"], "going"],
    [["cleanup", "--source", "shop"], "state"],
    [["policy", "list"], "policies"],
    [["policy", "show", "--source", "shop"], "schedules"],
    [["policy", "set", "--source", "shop", "--policy", "none"], "retentionPolicyId"],
    [["policy", "simulate", "--source", "shop"], "decisions"],
    [["drill", "list"], "drills"],
  ];
  for (const [words, key, code = 0] of asked) {
    const told = await home.run(...words, "--json");
    expect([words, told.code, Object.keys(json(told.out))]).toEqual([words, code, expect.arrayContaining([key])]);
  }
});

async function serverName(): Promise<string> {
  const answer = await fetch(`${home.baseUrl}/api/v1/servers`, { headers: { authorization: `Bearer ${home.token}` } });
  const { items } = (await answer.json()) as { items: { name: string }[] };
  return items[0]!.name;
}
